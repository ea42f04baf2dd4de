import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { faultyServers } from '../../../src/deploy/named/faulty-servers.js';
import { findTarget, readTargets, targetNames } from '../../../src/deploy/named/read-targets.js';
import { optionChecks } from '../../../src/deploy/named/target-options.js';
import { deployOptionNames } from '../../../src/deploy/option-names.js';
import type { UserError } from '../../../src/errors.js';
import { temporaryDirectory } from '../support.js';

function folderWith(text: string): string {
  const folder = temporaryDirectory();
  writeFileSync(path.join(folder, 'package.json'), text);
  return folder;
}

const withTargets = (targets: unknown): string =>
  folderWith(JSON.stringify({ name: 'app', 'iisnode-sock': { targets } }, undefined, 2));

function refusal(act: () => unknown): UserError {
  try {
    act();
  } catch (error) {
    return error as UserError;
  }
  throw new Error('it was not refused');
}

describe('the targets of package.json', () => {
  it.each<[string, string | string[], string, (folder: string) => string]>([
    ['of a server over ssh', 'ssh://web1/Site/dante', 'D:\\apps\\dante', () => 'D:\\apps\\dante'],
    ['of a share', ['ssh://web1/', 'ssh://web2/'], '\\\\nas\\kept', () => '\\\\nas\\kept'],
    ['of a server over ssh, which deploy refuses', 'ssh://web1/', 'kept', () => 'kept'],
    ['of this machine', 'embedded', '../kept', (folder) => path.resolve(folder, '..', 'kept')],
    ['of Windows', 'iis', 'D:\\apps', () => 'D:\\apps'],
  ])('the folder of the releases is one %s', (_whose, to, releasesDirectory, wanted) => {
    const folder = withTargets({ production: { to, releasesDirectory } });
    expect(readTargets(folder)[0]?.options).toEqual({ releasesDirectory: wanted(folder) });
  });

  it('have every option of deploy but those of one run, as written, and paths below package.json', () => {
    const options = {
      site: 'Chat $HOME %PATH%',
      path: '/chat',
      newSite: '~$SITE',
      binding: ['http://chat.example.com'],
      certificate: 'ab',
      force: true,
      pool: 'chat',
      entry: 'server.js',
      port: 0,
      releases: 3,
      inPlace: false,
      serverPath: 'C:\\apps\\chat',
      installOnServer: true,
      timeLimit: 5,
      build: false,
      verify: false,
      expect: [{ path: '/health', status: 204 }],
      machines: 4,
      parallel: 2,
      keepGoing: true,
    };
    const paths = {
      directory: 'apps/chat',
      releasesDirectory: '../kept',
      installIisnode: 'a.msi',
      installRewrite: 'b.msi',
    };
    const folder = withTargets({ production: { to: ['ssh://web1/', 'out.bat'], ...options, ...paths } });
    expect(Object.keys({ ...options, ...paths }).sort()).toEqual(Object.keys(optionChecks).sort());
    const [target, ...others] = readTargets(folder);
    expect(others).toEqual([]);
    expect(target).toEqual({
      name: 'production',
      file: path.join(folder, 'package.json'),
      line: 5,
      directory: path.join(folder, 'apps', 'chat'),
      to: ['ssh://web1/', path.join(folder, 'out.bat')],
      options: {
        ...options,
        releasesDirectory: '../kept',
        installIisnode: path.join(folder, 'a.msi'),
        installRewrite: path.join(folder, 'b.msi'),
      },
    });
    const ofOneRun = ['environment', 'signal', 'appcmd', 'dryRun', 'to'];
    const ofTargetsAlone = ['machines', 'parallel', 'keepGoing'];
    expect([...Object.keys(optionChecks), ...ofOneRun].sort()).toEqual(
      [...Object.keys(deployOptionNames), ...ofTargetsAlone].sort(),
    );
  });

  it.each([
    ['', []],
    ['{}', []],
    ['{"iisnode-sock": {"allow": {}}}', []],
    ['\uFEFF{"iisnode-sock": {"targets": {"a": {}, "Größe-2": {"to": "iis"}}}}', ['a', 'Größe-2']],
  ])('of %j are %j', (text, names) => {
    const folder = text === '' ? temporaryDirectory() : folderWith(text);
    expect(readTargets(folder).map(({ name }) => name)).toEqual(names);
  });

  it.each([
    [{ production: { too: 'iis' } }, 6, 'has an option "too"', 'Did you mean "to"?'],
    [{ production: { dryRun: true } }, 6, '"dryRun"', 'It has'],
    [{ production: { password: 'x' } }, 6, '"password"', 'It has'],
    [{ production: { __proto__: null, constructor: 1 } }, 6, '"constructor"', 'It has'],
    [{ a: {}, b: { to: 'iis', releases: '5' } }, 8, '"releases" of the target "b" is "5"', 'true, or a whole number'],
    [{ a: { releases: 0 } }, 6, 'is 0', 'from 1 to'],
    [{ a: { port: 80.5 } }, 6, 'is 80.5', 'from 0 to 65535'],
    [{ a: { force: 'yes' } }, 6, 'is "yes"', 'true or false'],
    [{ a: { site: '' } }, 6, 'is ""', 'not empty'],
    [{ a: { site: 'x\u001b[2J' } }, 6, 'is "x\\u001b[2J"', 'a text'],
    [{ a: { binding: 'http://x' } }, 6, 'is "http://x"', 'a list'],
    [{ a: { expect: [{ path: 'health', status: 200 }] } }, 6, '"expect"', '"status": 200'],
    [{ a: { to: [] } }, 6, 'empty list', 'one server or more'],
    [{ a: { to: ['iis', 5] } }, 8, 'has 5', 'a text in quotes'],
    [{ a: { to: ['iis', 'embedded', 'iis'] } }, 9, 'names iis twice', 'One deployment'],
    [{ a: { to: ['ssh://a@web1/x', 'ssh://a@WEB1:22/X'] } }, 8, 'names ssh://a@WEB1:22/X twice', 'One deployment'],
    [{ a: { to: ['ssh://ann:secret@web1/'] } }, 7, 'has a password', 'every copy'],
    [{ a: { to: 'ssh://ann:secret@web1/' } }, 6, 'has a password', 'every copy'],
    [{ '../a': {} }, 5, '"../a" is not a name', 'It has letters'],
    [{ a: 'iis' }, 5, '"a" is not an object', '{ "to": "iis" }'],
    [[], 4, '"targets" is not an object', '"production"'],
  ])('%j are refused with file and line %i: %s', (targets, line, what, why) => {
    const folder = withTargets(targets);
    const error = refusal(() => readTargets(folder));
    expect(error).toMatchObject({ code: 'TARGETS_INVALID', exit: 'usage' });
    expect(error.what).toContain(what);
    expect(error.what.endsWith(`, in ${path.join(folder, 'package.json')}, line ${line}`)).toBe(true);
    expect(error.why).toContain(why);
    expect(JSON.stringify(error)).not.toContain('secret');
  });

  it.each([
    ['{"iisnode-sock": {"target": {}}}', 'Did you mean "targets"?'],
    ['{"iisnode-sock": 5}', 'It has the targets: { "targets": { .. } }.'],
    ['{"name": "x",\n}', 'There is a comma before the }.'],
  ])('%j is refused: %s', (text, why) => {
    expect(refusal(() => readTargets(folderWith(text)))).toMatchObject({ code: 'TARGETS_INVALID', why });
  });

  it('are found by name, with the nearest one for a misspelt name', () => {
    const folder = withTargets({ production: {}, staging: {} });
    expect(findTarget(folder, 'staging').line).toBe(6);
    expect(targetNames(folder)).toEqual(['production', 'staging']);
    expect(refusal(() => findTarget(folder, 'prodction'))).toMatchObject({
      code: 'TARGET_NOT_FOUND',
      next: 'did you mean production?',
    });
    expect(refusal(() => findTarget(temporaryDirectory(), 'x')).why).toBe('It names no targets.');
  });

  it('that are invalid do not keep others from being found: they are warnings', () => {
    const folder = withTargets({ production: { to: 'iis' }, staging: { too: 'iis' }, 'b/c': {}, lab: 5 });
    expect(findTarget(folder, 'production')).toMatchObject({ name: 'production', to: ['iis'] });
    for (const name of ['staging', 'b/c', 'lab']) {
      expect(refusal(() => findTarget(folder, name))).toMatchObject({ code: 'TARGETS_INVALID', exit: 'usage' });
    }
    expect(refusal(() => findTarget(folder, 'stagin')).next).toBe('did you mean staging?');
    expect(faultyServers(folder, 'production')).toMatchObject([
      { rule: 'TARGETS_INVALID', severity: 'warning', line: 9, why: 'Did you mean "to"?', fix: 'correct that line' },
      { rule: 'TARGETS_INVALID', line: 11, message: expect.stringContaining('"b/c" is not a name') },
      { rule: 'TARGETS_INVALID', line: 12, message: expect.stringContaining('"lab" is not an object') },
    ]);
    expect(faultyServers(folder, 'staging').map(({ line }) => line)).toEqual([11, 12]);
  });

  it('are none where package.json is broken, or a folder, as long as no command names one', () => {
    expect(targetNames(folderWith('{'))).toEqual([]);
    const folder = temporaryDirectory();
    mkdirSync(path.join(folder, 'package.json'));
    expect(targetNames(folder)).toEqual([]);
  });

  it('that nest deeper than any parser reads are refused all the same', () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const error = refusal(() => readTargets(folderWith(`{"iisnode-sock": {"targets": {"a": {"site": ${deep}}}}}`)));
    expect(error).toMatchObject({ code: 'TARGETS_INVALID' });
  });
});
