import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ownInterceptor } from '../../../src/host/iisnode/index.js';
import { isRunning, request, until } from './harness.js';

let folder: string;
let host: ChildProcess | undefined;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'orphans-'));
  // Bundled as the package is, with the interceptor beside it.
  await build({
    stdin: { contents: "export { site } from './harness.js';", resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: path.join(folder, 'bundle', 'host.mjs'),
    define: { 'import.meta.dirname': JSON.stringify(import.meta.dirname) },
    logLevel: 'silent',
  });
  copyFileSync(ownInterceptor(), path.join(folder, 'bundle', 'interceptor.cjs'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
afterEach(() => {
  host?.kill('SIGKILL');
});

/** A host of its own, and the port it listens on. */
async function startHost(fixture: string): Promise<{ host: ChildProcess; port: number; script: string }> {
  const program = `
    import { site } from ${JSON.stringify(path.join(folder, 'bundle', 'host.mjs'))};
    const dante = await site({ fixture: ${JSON.stringify(fixture)} });
    console.log(JSON.stringify({ port: dante.port, script: dante.script }));
    process.on('message', () => { throw new Error('the host crashes'); });
  `;
  host = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  });
  if (host.stdout === null) throw new Error('no stdout');
  const [line] = await once(createInterface({ input: host.stdout }), 'line');
  return { host, ...JSON.parse(String(line)) };
}

describe('when the host dies', () => {
  it.each([
    ['by SIGKILL', (child: ChildProcess) => child.kill('SIGKILL')],
    ['by a crash', (child: ChildProcess) => child.send('crash')],
  ])('%s, no node process is left, nor what they started, nor sockets', async (_name, end) => {
    const started = await startHost('tells-pipe.js');
    const { pid, child, pipe } = JSON.parse((await request(started.port, {})).text);
    expect([pid, child].map(isRunning)).toEqual([true, true]);
    end(started.host);
    await once(started.host, 'exit');
    await until(() => !isRunning(pid) && (process.platform === 'win32' || !isRunning(child)));
    if (process.platform !== 'win32') await until(() => !existsSync(path.dirname(pipe)));
    rmSync(path.dirname(started.script), { recursive: true, force: true, maxRetries: 5 });
  });

  it('a node process that never returns to its event loop goes too', async () => {
    const started = await startHost('busy-with-child.js');
    const [pid = 0, child = 0] = (await request(started.port, {})).text.split(' ').map(Number);
    started.host.kill('SIGKILL');
    await until(() => !isRunning(pid) && (process.platform === 'win32' || !isRunning(child)));
    rmSync(path.dirname(started.script), { recursive: true, force: true, maxRetries: 5 });
  });

  it.runIf(process.platform !== 'win32')('what left the group of its node process goes too', async () => {
    const started = await startHost('family.js');
    let pids: Record<string, number> = {};
    await until(async () => {
      pids = JSON.parse((await request(started.port, {})).text);
      return Object.values(pids).every((pid) => pid > 0);
    });
    started.host.kill('SIGKILL');
    await until(() => Object.entries(pids).every(([name, pid]) => name === 'noEnvironment' || !isRunning(pid)));
    if (isRunning(pids.noEnvironment ?? 0)) process.kill(pids.noEnvironment ?? 0, 'SIGKILL');
    rmSync(path.dirname(started.script), { recursive: true, force: true, maxRetries: 5 });
  });
});
