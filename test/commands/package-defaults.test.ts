import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { manifestOfApp } from '../../src/commands/manifest-of-app.js';
import { namingDefault, withDefaults } from '../../src/commands/package-defaults.js';
import { buildProgram } from '../../src/commands/program.js';
import { UserError } from '../../src/errors.js';

/** The options of a command line, with a package.json that has these defaults. */
async function optionsOf(line: string, defaults: unknown): Promise<Record<string, unknown>> {
  let options: object = {};
  const text = JSON.stringify({ name: 'app', 'iisnode-sock': { defaults } }, undefined, 2);
  const program = buildProgram(() => async (...args) => {
    const command = args.at(-1) as Command;
    options = withDefaults(command, { file: '/apps/chat/package.json', text }, command.opts());
  });
  await program.parseAsync(['node', 'iisnode-sock', ...line.split(' ')]);
  return { ...options };
}

describe('defaults of package.json', () => {
  it.each<[string, unknown, object]>([
    [
      'deploy',
      { site: 'Chat', path: '/chat', pool: 'chat', machines: 2 },
      { site: 'Chat', path: '/chat', pool: 'chat', machines: 2 },
    ],
    ['deploy --site Other', { site: 'Chat', pool: 'chat' }, { site: 'Other', pool: 'chat' }],
    [
      'doctor',
      { skip: ['FIXED_PORT', 'TLS_SERVER'], strict: true },
      { skip: ['FIXED_PORT', 'TLS_SERVER'], strict: true },
    ],
    ['doctor', { skip: 'FIXED_PORT' }, { skip: ['FIXED_PORT'] }],
    ['doctor', { doctor: { run: false } }, { run: false }],
    [
      'serve',
      { path: '/a', serve: { path: '/b', port: 8081, app: ['/x=x'] } },
      { path: '/b', port: 8081, app: ['/x=/apps/chat/x'] },
    ],
    ['serve --port 9', { serve: { port: 8081 } }, { port: 9 }],
    ['serve', { serve: { host: '0.0.0.0' } }, { host: '0.0.0.0' }],
    [
      'init',
      { processes: 4, transports: ['websocket', 'polling'] },
      { processes: 4, transports: ['websocket', 'polling'] },
    ],
    [
      'deploy',
      { deploy: { releases: true, expect: ['/health=200'] } },
      { releases: true, expect: [{ path: '/health', status: 200 }] },
    ],
    ['deploy', { deploy: { releasesDir: 'kept' } }, { releasesDir: '/apps/chat/kept' }],
    // The folder belongs to the server: it is not one of this machine.
    ['deploy --to ssh://a@web1', { deploy: { releasesDir: 'kept' } }, { releasesDir: 'kept' }],
    ['deploy', { deploy: { releasesDir: 'D:\\kept' } }, { releasesDir: 'D:\\kept' }],
    ['deploy', { deploy: { serverPath: 'C:\\apps\\chat' } }, { serverPath: 'C:\\apps\\chat' }],
    ['trace /', { apphost: 'server.config' }, { apphost: '/apps/chat/server.config' }],
  ])('%s with %j', async (line, defaults, wanted) => {
    expect(await optionsOf(line, defaults)).toMatchObject(wanted);
  });

  it.each<[string, unknown, string]>([
    ['deploy --new-site own --port 8090', { site: 'Chat', path: '/chat' }, 'site'],
    ['trace / --apphost server.config', { path: '/chat' }, 'path'],
    ['deploy --in-place', { deploy: { releases: 5 } }, 'releases'],
    ['serve', { site: 'Chat', pool: 'chat' }, 'site'],
  ])('%s with %j takes no %s', async (line, defaults, left) => {
    expect(await optionsOf(line, defaults)).not.toHaveProperty(left);
  });

  it.each<[unknown, number, RegExp, RegExp]>([
    [{ sites: 'Chat' }, 5, /"iisnode-sock.defaults.sites" is not a default/, /^Did you mean site\?/],
    [
      { port: 8081 },
      5,
      /is not a default/,
      /^It is an option of deploy and serve: write it into the part of that command\. It has/,
    ],
    [{ status: { watch: true } }, 5, /is not a default/, /^The command status takes no defaults\. It has/],
    [{ serve: { prot: 1 } }, 6, /defaults.serve.prot" is not an option of serve/, /^Did you mean port\?/],
    [{ doctor: { fix: true } }, 6, /is not an option of doctor/, /It has/],
    [{ serve: { port: 70_000 } }, 6, /is 70000/, /from 0 to 65535/],
    [{ strict: 'yes' }, 5, /is "yes"/, /true or false/],
    [{ site: '' }, 5, /is ""/, /in quotes/],
    [{ skip: [] }, 5, /is \[\]/, /in quotes/],
    [{ site: { a: 1 } }, 5, /is \{"a":1\}/, /in quotes/],
    [[], 4, /is not an object/, /For example/],
    [{ serve: 1 }, 5, /is not an object/, /options of that command/],
  ])('%j is refused, with its line, by each command', async (defaults, line, what, why) => {
    for (const typed of ['deploy', 'doctor']) {
      const error = await optionsOf(typed, defaults).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(UserError);
      const { code, what: said, why: reason } = error as UserError;
      expect({ code, said, reason }).toEqual({
        code: 'DEFAULTS_INVALID',
        said: expect.stringMatching(what),
        reason: expect.stringMatching(why),
      });
      expect(said).toContain(`in /apps/chat/package.json, line ${line}`);
    }
  });

  it('are named in an error about what was not typed', () => {
    const manifest = { file: '/apps/chat/package.json', text: '{}' };
    const error = new UserError('UNKNOWN_RULE', { what: 'There is no rule X_Y.', why: 'Not so', next: 'correct it' });
    const named = namingDefault(error, manifest, { only: ['A'] }, { only: ['A'], skip: ['X_Y'], path: '/' });
    expect(named).toMatchObject({
      code: 'UNKNOWN_RULE',
      why: 'Not so. It is the default of "skip" in /apps/chat/package.json.',
      next: 'correct it',
    });
    const skip = ['X_Y'];
    expect(namingDefault(error, manifest, { skip }, { skip, path: '/x' })).toBe(error);
    expect(namingDefault(error, manifest, {}, { path: 'no_rule', skip: ['X'], machines: 2 })).toBe(error);
    const other = new Error('X_Y');
    expect(namingDefault(other, manifest, {}, { skip: ['X_Y'] })).toBe(other);
  });

  it('are not for a target, a URL, or a command about what is deployed', () => {
    const command = (name: string) =>
      buildProgram(() => async () => undefined).commands.find((one) => one.name() === name) as Command;
    const root = process.cwd();
    expect(manifestOfApp(command('deploy'), ['.'], { target: 'production' }, root)).toBeUndefined();
    expect(manifestOfApp(command('doctor'), ['https://example.com/'], {}, root)).toBeUndefined();
    expect(manifestOfApp(command('undeploy'), ['.'], {}, root)).toBeUndefined();
    expect(manifestOfApp(command('deploy'), ['no-such-folder'], {}, root)).toBeUndefined();
  });
});
