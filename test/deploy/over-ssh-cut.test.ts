import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { afterCut } from '../../src/deploy/over-ssh/after-cut.js';
import type { OpenServer } from '../../src/deploy/over-ssh/at-server.js';
import { rollbackOverSsh, serveFolderOverSsh, undeployOverSsh } from '../../src/deploy/over-ssh/commands.js';
import type { RemoteMessage } from '../../src/deploy/over-ssh/wire.js';
import { ConnectionLost, readSshAddress } from '../../src/ssh/index.js';
import {
  baseOf,
  deployApp,
  deploymentOf,
  type FakeServer,
  fakeServer,
  killable,
  killHolders,
  to,
} from './over-ssh-support.js';
import { makeApp, temporaryDirectory } from './support.js';

const address = readSshAddress(to);
const place = { siteName: 'Default Web Site', vdirPath: '/dante' };

/** Deploys the app with that text, and gives the id of its release. */
async function release(server: FakeServer, directory: string, text: string): Promise<string> {
  writeFileSync(path.join(directory, 'server.js'), text);
  const { result } = await deployApp(server, directory);
  return result.plan.release?.id ?? '';
}

/** Cuts the connection at the result, which is lost, but not the one that asks about it. */
const withoutResult =
  (server: FakeServer): OpenServer =>
  async (...args) => {
    const session = await server.open(...args);
    if (server.connections > 1 && asked > 0) return session;
    asked++;
    return {
      ...session,
      receive: async () => {
        const message = (await session.receive()) as RemoteMessage;
        if ('result' in message) throw new ConnectionLost(address, 'It was cut.');
        return message as Readonly<Record<string, unknown>>;
      },
    };
  };
let asked = 0;

/** The folder of releases that the tests name, as a server of Windows has it. */
const ownFolder = 'D:\\own';

/** The same server, with that folder in a temporary one. */
function withOwnFolder(server: FakeServer): FakeServer {
  const folder = path.join(temporaryDirectory(), 'own');
  const open: OpenServer = async (...args) => {
    const session = await server.open(...args);
    const here = (_name: string, value: unknown): unknown => (value === ownFolder ? folder : value);
    return { ...session, send: (message) => session.send(JSON.parse(JSON.stringify(message, here)) as object) };
  };
  return { ...server, open };
}

describe('node there is killed', () => {
  it('between the switch and the recycle: the error says what is live and what is left, and the next deployment does it', async () => {
    const { server, arm, reached } = killable(/^recycle apppool/);
    const directory = makeApp({ server: 'one' });
    await release(server, directory, 'one');
    arm();
    void release(server, directory, 'two').catch(() => undefined);
    await reached;
    killHolders(server);
    const cut = { command: 'deploy', address, place, deployment: deploymentOf(server), open: server.open } as const;
    const error = await afterCut(new ConnectionLost(address, 'It was cut.'), cut);
    expect(error).toMatchObject({ code: 'CONNECTION_LOST', exit: 'incomplete' });
    expect(error.what).toMatch(/ended in the middle.*: release \S+ is live, and its pool is not recycled/);
    expect(error.next).toContain('deploy again');
  });

  it('before the switch: the release of before is live', async () => {
    const { server, arm, reached } = killable(/^set vdir/);
    const directory = makeApp({ server: 'one' });
    const first = await release(server, directory, 'one');
    arm();
    void release(server, directory, 'two').catch(() => undefined);
    await reached;
    killHolders(server);
    const cut = { command: 'deploy', address, place, deployment: deploymentOf(server), open: server.open } as const;
    const error = await afterCut(new ConnectionLost(address, 'It was cut.'), cut);
    expect([error.exit, error.what]).toEqual([
      'incomplete',
      expect.stringContaining(`release ${first} is live as before`),
    ]);
  });
});

describe('a connection that is cut', () => {
  it('during a rollback: the error says that it was complete, and advises no second one', async () => {
    const server = fakeServer();
    const directory = makeApp({ server: 'a' });
    const ids: string[] = [];
    for (const text of ['a', 'b', 'c']) ids.push(await release(server, directory, text));
    asked = 0;
    const options = { to, directory, verify: false, environment: {} };
    const failing = rollbackOverSsh(options, () => undefined, withoutResult(server));
    await expect(failing).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
      what: expect.stringContaining(`the rollback was complete before: release ${ids[1]} is live`),
      next: expect.stringMatching(/^nothing/),
    });
  });

  it('during a rollback, of which nothing is known: the advice names a release', async () => {
    const server = fakeServer();
    const cut = { command: 'rollback', address, place, deployment: 'x' } as const;
    const gone: OpenServer = async () => Promise.reject(new ConnectionLost(address, 'It is off.'));
    const lost = new ConnectionLost(address, 'It was cut.');
    expect(await afterCut(lost, { ...cut, open: gone })).toMatchObject({
      exit: 'incomplete',
      next: expect.stringContaining(`npx iisnode-sock releases --to "${to}"`),
    });
    expect(await afterCut(lost, { ...cut, open: server.open })).toMatchObject({
      exit: 'refused',
      what: expect.stringContaining('nothing was changed there'),
    });
  });

  it('at any message of a rollback says what is live', async () => {
    const server = fakeServer();
    const directory = makeApp({ server: 'a' });
    await release(server, directory, 'a');
    const second = await release(server, directory, 'b');
    for (let at = 2; at < 14; at += 4) {
      const inThis = server.connections + 1;
      server.cutAt = (count) => server.connections === inThis && count === at;
      const options = { to, directory, verify: false, environment: {} };
      const said = await rollbackOverSsh(options, () => undefined, server.open).then(
        () => 'done',
        (error: { what: string }) => error.what,
      );
      await server.idle();
      const isBack = !server.world.store.text.includes(`${second}"`);
      expect(said).toMatch(isBack ? /done|complete before/ : /nothing was changed|was undone/);
      if (isBack) await rollbackOverSsh({ ...options, release: second }, () => undefined, server.open);
    }
  });

  it('while a folder there is served again says which is live, and the server is asked', async () => {
    const server = fakeServer();
    const directory = makeApp({ server: 'a' });
    const id = await release(server, directory, 'a');
    const folder = makeApp({ server: 'before' });
    const options = {
      to,
      directory: folder,
      site: place.siteName,
      path: place.vdirPath,
      verify: false,
      environment: {},
    };
    const messages = server.connections;
    server.cutAt = (count) => server.connections === messages + 1 && count === 2;
    const early = await serveFolderOverSsh(options, server.open).catch((error: unknown) => error);
    await server.idle();
    expect(early).toMatchObject({
      code: 'CONNECTION_LOST',
      what: expect.stringMatching(new RegExp(`(nothing was changed|was undone) there: release ${id} is live`)),
      next: expect.stringContaining(`npx iisnode-sock deploy ${folder} --to iis --site "Default Web Site"`),
    });
    asked = 0;
    server.cutAt = () => false;
    const late = await serveFolderOverSsh(options, withoutResult(server)).catch((error: unknown) => error);
    expect(late).toMatchObject({
      code: 'CONNECTION_LOST',
      exit: 'refused',
      what: expect.stringContaining(`it was complete before: ${folder} is live again`),
    });
    expect(server.world.store.text).toContain(`physicalPath="${folder}"`);
  });

  it('during an undeploy says that the app is gone, also with a folder of its own', async () => {
    const server = fakeServer();
    const directory = makeApp();
    await deployApp(withOwnFolder(server), directory, { releasesDirectory: ownFolder });
    expect(existsSync(baseOf(server))).toBe(false);
    asked = 0;
    const failing = undeployOverSsh({ to, directory, environment: {} }, withoutResult(server));
    await expect(failing).rejects.toMatchObject({ what: expect.stringContaining('the app was removed before') });
    expect(server.world.store.text).not.toContain('path="/dante"');
  });

  it('during an undeploy that fails says whether something was removed, and a refused one leaves no folder there', async () => {
    const isBroken = { pool: false };
    const server = fakeServer((appcmd) => ({
      ...appcmd,
      run: async (args) =>
        isBroken.pool && /^delete apppool/.test(args.join(' '))
          ? { exitCode: 5, stdout: 'ERROR ( message:no )' }
          : appcmd.run(args),
    }));
    const directory = makeApp();
    await deployApp(server, directory);
    isBroken.pool = true;
    const cut = { command: 'undeploy', address, place, open: server.open } as const;
    const lost = new ConnectionLost(address, 'It was cut.');
    const options = { to, directory, environment: {} };
    await expect(undeployOverSsh(options, server.open)).rejects.toMatchObject({ exit: 'refused' });
    expect(await afterCut(lost, { ...cut, deployment: deploymentOf(server) })).toMatchObject({
      exit: 'incomplete',
      what: expect.stringContaining('not everything was removed'),
    });
    const nowhere = 'ssh://ann@web1/Nowhere/dante';
    const refused = undeployOverSsh({ ...options, to: nowhere }, server.open);
    await expect(refused).rejects.toMatchObject({ code: 'SITE_NOT_FOUND' });
    expect(existsSync(path.join(server.home, 'apps', 'Nowhere+dante'))).toBe(false);
  });

  it('in a first deployment with --releases-dir whose undo is incomplete says that', async () => {
    const isRefused = (line: string): boolean => /^delete apppool/.test(line);
    const server = fakeServer((appcmd) => ({
      ...appcmd,
      run: async (args) => {
        const line = args.join(' ');
        if (isRefused(line)) return { exitCode: 5, stdout: 'ERROR ( message:no )' };
        if (/^add app /.test(line)) cutNow = true;
        return appcmd.run(args);
      },
    }));
    let cutNow = false;
    const inThis = 1;
    server.cutAt = () => cutNow && server.connections === inThis;
    const failing = deployApp(withOwnFolder(server), makeApp(), { releasesDirectory: ownFolder });
    await expect(failing).rejects.toMatchObject({
      exit: 'incomplete',
      what: expect.stringContaining('not everything could be undone there'),
    });
  });

  it('by Ctrl-C, which a terminal sends to ssh too, is an interruption', async () => {
    const server = fakeServer();
    const directory = makeApp({ server: 'one' });
    await release(server, directory, 'one');
    writeFileSync(path.join(directory, 'server.js'), 'two');
    const stop = new AbortController();
    const inThis = server.connections + 1;
    server.cutAt = (count) => {
      if (server.connections !== inThis || count < 9) return false;
      stop.abort();
      return true;
    };
    const failing = deployApp(server, directory, { signal: stop.signal });
    await expect(failing).rejects.toMatchObject({
      code: 'INTERRUPTED',
      exit: 'interrupted',
      what: expect.stringMatching(/^interrupted; (?:nothing was changed|everything done before was undone) there$/),
    });
  });
});
