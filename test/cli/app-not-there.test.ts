import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/cli.js';
import { cliHere } from '../support/cli-here.js';

let folder: string;
let remove: () => Promise<void>;
beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
});
afterAll(() => remove());

/** A record of an app, as deploy writes it. */
const record = (name: string, at: string) => ({
  target: 'embedded',
  site: 'Default Web Site',
  path: at,
  pool: name,
  directory: path.join(folder, name),
});

/** With these apps deployed. */
async function run(apps: readonly object[], ...args: readonly string[]) {
  const home = path.join(folder, `home${apps.length}`);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  writeFileSync(path.join(home, 'deployments.json'), JSON.stringify(apps));
  return cliHere(args, { cwd: folder, environment: { IISNODE_SOCK_HOME: home } });
}

const commands = [
  ['logs', ['logs', 'chta'], 'logs'],
  ['undeploy', ['undeploy', 'chta'], 'undeploy'],
  ['releases', ['releases', 'chta'], 'releases'],
  ['rollback', ['rollback', '--dir', 'chta'], 'rollback --dir'],
  ['rollback with a word', ['rollback', 'chta'], 'rollback --dir'],
] as const;

describe.each(commands)('%s of an app that is not there', (_name, args, typed) => {
  it('names the one that was meant', async () => {
    const { code, stderr } = await run([record('chat', '/chat'), record('shop', '/')], ...args);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('/chat of "Default Web Site" (embedded)'),
    });
    expect(stderr).toContain(`  next: npx iisnode-sock ${typed} ${path.join(folder, 'chat')}\n`);
    expect(stderr).not.toContain('init');
  });

  it('says what to type for one of several', async () => {
    const apps = ['alpha', 'gamma', 'delta', 'omega', 'epsilon', 'kappa'].map((name) => record(name, `/${name}`));
    const { stderr } = await run(apps, ...args);
    expect(stderr).toMatch(/\/epsilon of [^;]* and 1 more\.\n/);
    expect(stderr).toContain(`  next: name the folder of one of them: npx iisnode-sock ${typed} DIR\n`);
  });

  it('says that there is none', async () => {
    const { stderr } = await run([], ...args);
    expect(stderr).toContain('No app is deployed on this machine.\n');
    expect(stderr).toMatch(/ {2}next: npx iisnode-sock deploy /);
  });
});

it.each([['undeploy'], ['rollback']])('%s does not name the only app where another was typed', async (command) => {
  const { stderr } = await run(
    [record('shop', '/shop')],
    command,
    ...(command === 'rollback' ? ['--dir'] : []),
    'chat',
  );
  expect(stderr).toContain('/shop of "Default Web Site"');
  expect(stderr).toMatch(/ {2}next: name the folder of one of them: .* DIR\n/);
});

it('logs in a folder that is no app names those that are deployed', async () => {
  const { stderr } = await run([record('chat', '/chat')], 'logs');
  expect(stderr).toContain(`error WEB_CONFIG_NOT_FOUND  `);
  expect(stderr).toContain(`  next: npx iisnode-sock logs ${path.join(folder, 'chat')}\n`);
});

it('logs of a deployed app without web.config still says how to make one', async () => {
  mkdirSync(path.join(folder, 'chat'), { recursive: true });
  const { stderr } = await run([record('chat', '/chat')], 'logs', 'chat');
  expect(stderr).toMatch(/ {2}next: npx iisnode-sock init .*chat/);
});

it('status of a name that is no target and no folder says how to see all', async () => {
  const { code, stderr } = await run([], 'status', 'chatter');
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringMatching(/TARGET_NOT_FOUND[\s\S]* {2}next: npx iisnode-sock status\n$/),
  });
});
