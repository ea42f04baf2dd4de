import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { markLog, reasonInHostLog } from '../../src/deploy/app-logs.js';
import { DeployFailed, deploy } from '../../src/deploy/index.js';
import { freshWorld } from '../appcmd/support.js';
import { makeApp, planFor, temporaryDirectory } from './support.js';

const line = (message: string, level = 'error', code = 'PROCESS_EXITED'): string =>
  `2026-01-02T03:04:05.678Z ${level} ${code}  ${message}\n`;

describe("the reason in the host's log", () => {
  const plan = planFor('/apps/dante');

  it('is the last error about the app, its place in brackets', () => {
    const log =
      line('Node process 1 of server.js ended: Error: first  /apps/dante/server.js:1') +
      line('Node process 2 of server.js ended: Error: last  /apps/dante/server.js:7') +
      line('Node process 3 of server.js ended: Error: a neighbour  /apps/dante2/server.js:1') +
      line('http://127.0.0.1:8080 /apps/dante', 'info', 'HOST_STARTED');
    expect(reasonInHostLog(log, plan)).toEqual({
      why: 'Node process 2 of server.js ended: Error: last (/apps/dante/server.js:7)',
      next: undefined,
    });
  });

  it('may have a place without a line, or none', () => {
    expect(reasonInHostLog(line('never listened.  /apps/dante/server.js'), plan)?.why).toBe(
      'never listened. (/apps/dante/server.js)',
    );
    expect(reasonInHostLog(line('no logs in /apps/dante: denied'), plan)?.why).toBe('no logs in /apps/dante: denied');
    expect(reasonInHostLog(line('bad  C:\\apps\\dante\\server.js:3'), planFor('C:\\apps\\dante'))?.why).toBe(
      'bad (C:\\apps\\dante\\server.js:3)',
    );
  });

  it('says to install what is missing', () => {
    const log = line("Error: Cannot find module 'x'; run npm install in /apps/dante  /apps/dante/server.js:1");
    expect(reasonInHostLog(log, plan)).toEqual({
      why: "Error: Cannot find module 'x' (/apps/dante/server.js:1)",
      next: 'run npm install in /apps/dante',
    });
    const unlisted = line(
      "Error: Cannot find module '@a/x'; run npm install @a/x in /apps/dante  /apps/dante/server.js:1",
    );
    expect(reasonInHostLog(unlisted, plan)?.next).toBe('run npm install @a/x in /apps/dante');
    const yarn = line("Error: Cannot find module 'x'; run yarn add x in /apps/dante  /apps/dante/server.js:1");
    expect(reasonInHostLog(yarn, plan)?.next).toBe('run yarn add x in /apps/dante');
  });

  it('is nothing when only others fail', () => {
    expect(reasonInHostLog('', plan)).toBeUndefined();
    expect(reasonInHostLog(line('Error  /apps/other/server.js:1'), plan)).toBeUndefined();
  });

  it('is searched only after the mark, also when a new log was started', async () => {
    const file = path.join(temporaryDirectory(), 'host.log');
    writeFileSync(file, 'old and long\n');
    const log = await markLog(file);
    expect(await log.since()).toBe('');
    appendFileSync(file, 'new\n');
    expect(await log.since()).toBe('new\n');
    writeFileSync(file, 'anew\n');
    expect(await log.since()).toBe('anew\n');
  });
});

it("on IIS, gives the error in the app's stderr log, and takes everything back", async () => {
  const directory = makeApp();
  const logs = path.join(directory, 'iisnode');
  mkdirSync(logs);
  writeFileSync(path.join(logs, 'PC-1-stderr-1000.txt'), 'Error: long ago\r\n');
  const server = createServer((_request, response) => {
    writeFileSync(
      path.join(logs, `PC-2-stderr-${Date.now()}.txt`),
      'at start\r\nTypeError: no such luck\r\n    at x\r\n',
    );
    response.writeHead(500, { 'content-type': 'text/html' });
    response.end('<h2>HTTP Error 500.1002 - Internal Server Error</h2><td>0x00000002</td>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const world = freshWorld();
  await world.run('set', 'site', 'Default Web Site', `/bindings:http/127.0.0.1:${port}:`);
  const before = world.store.text;
  const environment = { IISNODE_SOCK_HOME: path.join(temporaryDirectory(), 'home') };
  const error: unknown = await deploy({ directory, appcmd: world.appcmd, environment }).catch((cause) => cause);
  expect(error).toBeInstanceOf(DeployFailed);
  expect(error).toMatchObject({
    code: 'VERIFICATION_FAILED',
    exit: 'refused',
    why: 'node wrote: TypeError: no such luck',
  });
  expect(world.store.text).toBe(before);
});
