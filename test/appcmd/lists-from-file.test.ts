import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type Appcmd,
  embeddedAppcmd,
  fileStore,
  listApps,
  listConfig,
  listPools,
  listSites,
  listsFromFile,
  listVdirs,
  parseAppcmdXml,
} from '../../src/appcmd/index.js';
import { freshText, smallText } from './support.js';

/** An IIS whose appcmd.exe is the embedded one on its file: what it prints loses the letters that code page 437 lacks. */
function server(text = smallText()) {
  const folder = mkdtempSync(path.join(tmpdir(), 'lists-from-file-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'applicationHost.config');
  writeFileSync(file, text);
  const ran: string[][] = [];
  const inner = embeddedAppcmd({ ...fileStore(file), running: async () => true });
  const real: Appcmd = {
    format: inner.format,
    async run(args) {
      ran.push([...args]);
      const { exitCode, stdout } = await inner.run(args);
      return { exitCode, stdout: stdout.replaceAll(/[^ -~äöüÄÖÜß\r\n\t]/g, '?') };
    },
  };
  return { folder, file, ran, real, appcmd: listsFromFile(real, file) };
}

/** mulberry32: the same numbers for the same seed. */
function numbers(seed: number): (below: number) => number {
  let at = seed;
  return (below) => {
    at = (at + 0x6d2b79f5) | 0;
    let mixed = Math.imul(at ^ (at >>> 15), 1 | at);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const names = ['Dante', 'größe', 'a & b', "o'hara", '100% "x"', '<chat>', 'UPPER', 'x(86)'];
const sections = ['system.webServer/handlers', 'system.webServer/webSocket', 'system.webServer/iisnode'];

/** A command that changes something, or is refused. */
function change(pick: (below: number) => number): string[] {
  const one = <T>(list: readonly T[]): T => list[pick(list.length)] as T;
  const [name, other] = [one(names), one(names)];
  return one([
    () => ['add', 'apppool', `/name:${name}`],
    () => [
      'set',
      'apppool',
      `/apppool.name:${name}`,
      '/processModel.identityType:NetworkService',
      '/startMode:AlwaysRunning',
    ],
    () => ['delete', 'apppool', name],
    () => ['add', 'site', `/name:${name}`, `/bindings:http/*:${8000 + pick(50)}:`, `/physicalPath:C:\\sites\\${other}`],
    () => ['add', 'app', `/site.name:${name}`, `/path:/${pick(3)}`, `/physicalPath:D:\\apps\\${other}`],
    () => ['add', 'app', '/site.name:Default Web Site', `/path:/${pick(4)}`, `/physicalPath:%SystemDrive%\\${other}`],
    () => ['set', 'app', `Default Web Site/${pick(4)}`, `/applicationPool:${name}`, '/preloadEnabled:true'],
    () => ['set', 'vdir', `Default Web Site/${pick(4)}/`, `/physicalPath:E:\\${other}`],
    () => ['delete', 'app', `Default Web Site/${pick(4)}`],
    () => ['delete', 'site', name],
    () => [one(['lock', 'unlock']), 'config', `/section:${one(sections)}`],
    () => ['set', 'config', `/section:${sections[1]}`, `/enabled:${one(['true', 'false'])}`, '/commit:apphost'],
    () => [
      'set',
      'config',
      '/section:system.applicationHost/applicationPools',
      '/applicationPoolDefaults.queueLength:2000',
    ],
  ])();
}

const questions = (pick: (below: number) => number): string[][] => {
  const name = names[pick(names.length)] as string;
  return [
    listSites(),
    listSites(name),
    listPools(),
    listPools(name),
    listApps(),
    listApps('Default Web Site'),
    listVdirs(),
    ['list', 'vdir', '/app.name:Default Web Site/1', `/physicalPath:%SystemDrive%\\${name}`, '/xml'],
    ...sections.map((section) => listConfig(section, 'Default Web Site/1')),
    listConfig('system.webServer/globalModules'),
    listConfig('system.webServer/nothing'),
  ];
};

/** Everything but the state, which is no configuration. */
const comparable = ({ exitCode, stdout }: { exitCode: number; stdout: string }) =>
  exitCode === 0 ? { exitCode, stdout: stdout.replaceAll(/ state="\w+"/g, '') } : { exitCode };

describe('lists from applicationHost.config', () => {
  it.each([1, 2, 3])('are what appcmd.exe answers, also after each change: seed %i', async (seed) => {
    const { ran, real, appcmd } = server();
    const pick = numbers(seed);
    for (let round = 0; round < 8; round++) {
      await appcmd.run(change(pick));
      for (const question of questions(pick)) {
        const before = ran.length;
        const answer = await appcmd.run(question);
        // Refusals are appcmd's own.
        expect(ran.length - before).toBe(question.includes('/section:system.webServer/nothing') ? 1 : 0);
        expect(comparable(answer), question.join(' ')).toEqual(comparable(await real.run(question)));
      }
    }
  });

  it('keep the letters that the code page of the console lacks', async () => {
    const { real, appcmd } = server();
    await real.run(['add', 'apppool', '/name:Москва']);
    const namesOf = async (one: Appcmd) => parseAppcmdXml((await one.run(listPools())).stdout).map(({ name }) => name);
    expect(await namesOf(real)).toEqual(['DefaultAppPool', '??????']);
    expect(await namesOf(appcmd)).toEqual(['DefaultAppPool', 'Москва']);
  });

  it.each([
    ['a state', ['list', 'apppool', 'DefaultAppPool', '/text:state']],
    ['inherited values', ['list', 'apppool', '/xml', '/config:*']],
    ['another file', [...listPools(), '/apphostconfig:other.config']],
    ['processes', ['list', 'wp', '/xml']],
    ['a search', ['search', 'config', '/section:system.webServer/handlers']],
    ['what is no section', listConfig('system.webServer/nothing')],
  ])('are not used for %s', async (_what, args) => {
    const { ran, appcmd } = server(freshText());
    await appcmd.run(args).catch(() => undefined); // the other file is not there
    expect(ran).toEqual([args]);
  });

  it.each<[string, (folder: string, file: string) => void]>([
    ['cannot be read', (_folder, file) => rmSync(file)],
    ['is not well-formed', (_folder, file) => writeFileSync(file, '<configuration>')],
    [
      'is another one, of a shared configuration',
      (folder) =>
        writeFileSync(
          path.join(folder, 'redirection.config'),
          '<configuration><configurationRedirection path="\\\\server\\share" enabled="true" /></configuration>',
        ),
    ],
    [
      'has a part in another file',
      (_folder, file) =>
        writeFileSync(file, readFileSync(file, 'utf8').replace('<sites>', '<sites configSource="sites.config">')),
    ],
  ])('are not used where it %s', async (_why, spoil) => {
    const { folder, file, ran, appcmd } = server();
    spoil(folder, file);
    await appcmd.run(listPools()).catch(() => undefined);
    expect(ran).toEqual([listPools()]);
  });

  it('are used where the configuration could be shared, and is not', async () => {
    const { folder, ran, appcmd } = server();
    const text = '<configuration><configurationRedirection enabled="false" /></configuration>';
    writeFileSync(path.join(folder, 'redirection.config'), text);
    expect((await appcmd.run(listPools())).stdout).toContain('APPPOOL.NAME="DefaultAppPool"');
    expect(ran).toEqual([]);
  });
});
