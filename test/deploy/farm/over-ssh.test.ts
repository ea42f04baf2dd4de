import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { readApp } from '../../../src/app/index.js';
import type { FarmActions } from '../../../src/deploy/farm/deploy-farm.js';
import type { DeployFarmTalk } from '../../../src/deploy/index.js';
import { deploy, deployFarm } from '../../../src/deploy/index.js';
import { atServer } from '../../../src/deploy/over-ssh/at-server.js';
import { serveFolderOverSsh } from '../../../src/deploy/over-ssh/commands.js';
import { deployOverSsh } from '../../../src/deploy/over-ssh/deploy-over-ssh.js';
import { placedBySsh, placeOver } from '../../../src/deploy/over-ssh/place.js';
import type { RemoteRequest } from '../../../src/deploy/over-ssh/wire.js';
import { exitCodes } from '../../../src/exit-codes.js';
import { readSshAddress } from '../../../src/ssh/index.js';
import { type FakeServer, fakeServer } from '../over-ssh-support.js';
import { makeApp } from '../support.js';

const silent: DeployFarmTalk = {
  began: () => undefined,
  ended: () => undefined,
  putsBack: () => undefined,
  wasPutBack: () => undefined,
  event: () => undefined,
  warning: () => undefined,
  assumed: () => undefined,
  note: () => undefined,
};

/** Two servers; appcmd of the second one fails at its first change while `broken` is set. */
function farm() {
  const state = { broken: false, atChange: (): void => undefined, atPutBack: (): void => undefined };
  const servers: Readonly<Record<string, FakeServer>> = {
    web1: fakeServer(),
    web2: fakeServer((appcmd) => ({
      ...appcmd,
      run: (args, ...more) => {
        if (String(args[0]) !== 'list') state.atChange();
        return state.broken && String(args[0]) !== 'list' && String(args[0]) !== 'recycle'
          ? Promise.resolve({ exitCode: 5, stdout: 'ERROR ( message:Access is denied. )\r\n', stderr: '' })
          : appcmd.run(args, ...more);
      },
    })),
  };
  const openAt = (to: string) => servers[readSshAddress(to).host]?.open ?? (() => Promise.reject(new Error(to)));
  const ask = (command: 'undeploy' | 'rollback', options: { readonly to?: string; readonly release?: string }) => {
    const { to = '', release } = options;
    const { address, place } = placeOver(options);
    const request = { command, place, options: { release, verify: false } } as RemoteRequest;
    return atServer(address, request, { open: openAt(to), environment: {} });
  };
  const actions: FarmActions = {
    deploy: (given, _check, report = () => undefined) => {
      const { to = '' } = given;
      const options = placedBySsh(given);
      const app = readApp(options.directory, { environment: {}, vdirPath: options.path });
      return deployOverSsh(app, options, to, report, openAt(to));
    },
    rollback: (options) => ask('rollback', options),
    undeploy: (options) => ask('undeploy', options),
    serveFolder: (options) => serveFolderOverSsh(options, openAt(options.to ?? '')),
  };
  const run = (directory: string, signal?: AbortSignal) =>
    deployFarm(
      {
        options: { directory, path: '/dante', verify: false, environment: {}, ...(signal && { signal }) },
        servers: ['ssh://ann@web1/Default%20Web%20Site/dante', 'ssh://ann@web2/Default%20Web%20Site/dante'],
      },
      { checkApp: () => [], farmFacts: () => ({ apart: undefined, polls: false }) },
      { ...silent, putsBack: () => state.atPutBack() },
      actions,
    );
  /** The content of server.js that a server serves; undefined: none. */
  const served = (name: string): string | undefined => {
    const folder = /path="\/dante"[\s\S]*?physicalPath="([^"]*)"/.exec(servers[name]?.world.store.text ?? '')?.[1];
    return folder === undefined ? undefined : readFileSync(path.join(folder, 'server.js'), 'utf8');
  };
  return { state, run, served, servers };
}

it('a farm over ssh is all or nothing: new apps are removed, others go back to their release', async () => {
  const { state, run, served } = farm();
  const directory = makeApp({ server: 'one' });
  state.broken = true;
  const first = await run(directory);
  expect(first.servers.map(({ outcome }) => outcome)).toEqual(['undone', 'failed']);
  expect([served('web1'), served('web2')]).toEqual([undefined, undefined]);

  state.broken = false;
  const second = await run(directory);
  expect(second.servers.map(({ outcome }) => outcome)).toEqual(['done', 'done']);
  expect([served('web1'), served('web2')]).toEqual(['one', 'one']);

  writeFileSync(path.join(directory, 'server.js'), 'two');
  state.broken = true;
  const third = await run(directory);
  expect(third.servers.map(({ outcome }) => outcome)).toEqual(['undone', 'failed']);
  expect([served('web1'), served('web2')]).toEqual(['one', 'one']);

  state.broken = false;
  expect((await run(directory)).servers.map(({ outcome }) => outcome)).toEqual(['done', 'done']);
  expect([served('web1'), served('web2')]).toEqual(['two', 'two']);
});

it('a farm over ssh puts back a folder that a server served in place', async () => {
  const { state, run, served, servers } = farm();
  const { web1 } = servers;
  if (web1 === undefined) throw new Error('no server');
  const before = makeApp({ server: 'of the server' });
  await deploy({
    directory: before,
    to: 'iis',
    path: '/dante',
    verify: false,
    appcmd: web1.world.appcmd,
    environment: { IISNODE_SOCK_HOME: web1.home },
  });
  state.broken = true;
  const { servers: outcomes } = await run(makeApp({ server: 'one' }));
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['undone', 'failed']);
  expect(served('web1')).toBe('of the server');
  expect(web1.world.store.text).toContain(`physicalPath="${before}"`);
});

it('a farm over ssh refuses an address with a password before any server, and does not show it', async () => {
  const began: string[] = [];
  const failing = deployFarm(
    {
      options: { directory: makeApp(), environment: {} },
      servers: ['ssh://web2/S/e2e', 'ssh://ann:p@s3cret@web1/S/e2e'],
    },
    { checkApp: () => [], farmFacts: () => ({ apart: undefined, polls: false }) },
    { ...silent, began: (server) => void began.push(server) },
  );
  await expect(failing).rejects.toMatchObject({
    code: 'BAD_SSH_ADDRESS',
    message: expect.not.stringContaining('s3cret'),
  });
  expect(began).toEqual([]);
});

it('a farm over ssh that is interrupted while its second server changes puts both back, and ends as interrupted', async () => {
  const { state, run, served, servers } = farm();
  const directory = makeApp({ server: 'one' });
  await run(directory);
  writeFileSync(path.join(directory, 'server.js'), 'two');
  const controller = new AbortController();
  state.atChange = () => controller.abort();
  const { servers: outcomes, exit } = await run(directory, controller.signal);
  await servers.web2?.idle();
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['undone', 'failed']);
  expect(exitCodes[exit].code).toBe(130);
  expect([served('web1'), served('web2')]).toEqual(['one', 'one']);
  // Nothing holds a lock: the next one goes through.
  state.atChange = () => undefined;
  expect((await run(directory)).exit).toBe('done');
  expect([served('web1'), served('web2')]).toEqual(['two', 'two']);
});

it.each([1, 2, 3])(
  'a server that is lost while it is put back, at message %i, is said to be unlike before: exit 5',
  async (at) => {
    const { state, run, served, servers } = farm();
    const directory = makeApp({ server: 'one' });
    await run(directory);
    writeFileSync(path.join(directory, 'server.js'), 'two');
    state.broken = true;
    state.atPutBack = () => {
      if (servers.web1) servers.web1.cutAt = (count) => count >= at;
    };
    const { servers: outcomes, exit } = await run(directory);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['stuck', 'failed']);
    expect(exitCodes[exit].code).toBe(5);
    expect(outcomes[0]).toMatchObject({ server: expect.stringContaining('web1'), error: expect.any(Error) });
    expect(served('web2')).toBe('one');
    // What it serves is one of the two as a whole, and the next deployment brings it on.
    await servers.web1?.idle();
    expect(['one', 'two']).toContain(served('web1'));
    Object.assign(servers.web1 ?? {}, { cutAt: () => false });
    state.broken = false;
    expect((await run(directory)).exit).toBe('done');
    expect([served('web1'), served('web2')]).toEqual(['two', 'two']);
  },
);
