import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { expect, it, onTestFinished } from 'vitest';
import type { DeployContext, DeployPlan } from '../../src/deploy/index.js';
import type { AtWork } from '../../src/deploy/step.js';
import { verifyApp } from '../../src/deploy/steps/verify-app.js';

/** An app that works, and the lines that its host writes: one before the look, the others with the first request. */
async function lookedAt(later: readonly string[]): Promise<Parameters<AtWork['result']>[0]> {
  let log = `${line('PROCESS_EXITED', 'the former one ended')}\n`;
  const server = createServer((_request, response) => {
    log += later.map((one) => `${one}\n`).join('');
    response.writeHead(200, { 'content-type': 'text/html' }).end('<script src="/socket.io/socket.io.js"></script>');
  });
  const sockets = new Server(server, { transports: ['websocket'] });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => sockets.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const context = {
    target: { kind: 'embedded', name: 'embedded' },
    signal: new AbortController().signal,
    hostLog: async () => log,
  } as unknown as DeployContext;
  const plan = { directory: '/apps/dante', entry: 'server.js', vdirPath: '/', verify: true } as DeployPlan;
  const results: Parameters<AtWork['result']>[0][] = [];
  const atWork = {
    progress: () => undefined,
    result: (part: Parameters<AtWork['result']>[0]) => void results.push(part),
  };
  await verifyApp.do(context, plan, { url }, atWork);
  const [result = { probe: undefined }] = results;
  expect(result.probe?.ok).toBe(true);
  return result;
}

const line = (code: string, message: string, folder = '/apps/dante'): string =>
  `2026-11-30T12:00:00.000Z error ${code}  ${message}  ${folder}/server.js:4`;

it('says the end of an app that works and ended by itself during the look', async () => {
  const { ended } = await lookedAt([line('PROCESS_EXITED', 'Node process 7 of server.js ended: Error: no store')]);
  expect(ended).toBe('Node process 7 of server.js ended: Error: no store (/apps/dante/server.js:4)');
});

it('says nothing of an end before it, of another app, or of another error', async () => {
  const others = [line('PROCESS_EXITED', 'ended', '/apps/dante2'), line('REQUEST_FAILED', 'GET /x: no')];
  expect(await lookedAt([])).not.toHaveProperty('ended');
  expect(await lookedAt(others)).not.toHaveProperty('ended');
});

/** What is said of an app in a release, received from another machine, that does not listen. */
async function nextOf(isStaged: boolean): Promise<unknown> {
  const server = createServer((_request, response) =>
    response.writeHead(500, '', { server: 'iisnode' }).end('500.1002 iisnode encountered an error'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const [id, base] = ['20261130-120000-1a2b3c4d', '/none/chat'];
  const context = {
    target: { kind: 'iis', name: 'iis' },
    signal: new AbortController().signal,
    began: 5,
    releases: { isStaged, folder: { list: () => [{ id, created: new Date(4).toISOString() }] } },
  } as unknown as DeployContext;
  const directory = `${base}/releases/${id}`;
  const release = { id, base, source: base };
  const plan = {
    directory,
    entry: 'server.js',
    vdirPath: '/',
    logDirectory: `${directory}/iisnode`,
    release,
    verify: true,
  };
  const atWork = { progress: () => undefined, result: () => undefined };
  const said: unknown = await verifyApp
    .do(context, plan as unknown as DeployPlan, { url }, atWork)
    .catch((error: unknown) => error);
  return (said as { readonly next?: unknown }).next;
}

it('names no logs of a release that came from another machine, and that the undo removes', async () => {
  expect(await nextOf(false)).toContain('/iisnode shows what node wrote');
  expect(await nextOf(true)).not.toContain('/iisnode');
});

it('names the folder and the pool in the command for a file that the pool may not read', async () => {
  const server = createServer((_request, response) => {
    response.writeHead(401, { 'content-type': 'text/html', server: 'Microsoft-IIS/10.0' });
    response.end(
      '<title>IIS 10.0 Detailed Error - 401.3 - Unauthorized</title><h3>HTTP Error 401.3 - Unauthorized</h3>',
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const context = {
    target: { kind: 'iis', name: 'iis' },
    signal: new AbortController().signal,
  } as unknown as DeployContext;
  const plan = {
    directory: 'C:\\my apps\\dante',
    entry: 'server.js',
    vdirPath: '/',
    poolName: 'chat pool',
    verify: true,
  };
  const atWork = { progress: () => undefined, result: () => undefined };
  const said: unknown = await verifyApp
    .do(context, plan as DeployPlan, { url }, atWork)
    .catch((error: unknown) => error);
  expect(said).toMatchObject({
    next: expect.stringContaining('icacls "C:\\my apps\\dante" /grant "IIS AppPool\\chat pool:(OI)(CI)RX"'),
  });
});
