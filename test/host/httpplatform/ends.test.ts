import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { describe, expect, it, onTestFinished } from 'vitest';
import { processExists } from '../../../src/files/index.js';
import { WorkerState } from '../../../src/host/backend/worker-state.js';
import { PlatformProcess } from '../../../src/host/httpplatform/platform-process.js';
import { freePort } from '../../support/free-port.js';
import { platformDefaults } from './harness.js';

/** Listens, starts another process, tells both process IDs, and does not let itself be interrupted. */
const stubborn = `process.on('SIGINT', () => {});
const child = require('node:child_process').spawn(process.execPath, ['-e', 'process.on("SIGINT", () => {}); setInterval(() => {}, 1e6)']);
require('node:http').createServer((request, response) => response.end(process.pid + ' ' + child.pid)).listen(process.env.PORT);`;

function folderWith(text: string): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'platform-ends-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  writeFileSync(path.join(folder, 'server.js'), text);
  return folder;
}

/** A host of its own that serves the folder, and its port. */
async function startHost(folder: string): Promise<{ readonly host: ChildProcess; readonly port: number }> {
  const bundle = path.join(folder, 'host.mjs');
  await build({
    stdin: { contents: "export { platformSite } from './harness.js';", resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: bundle,
    define: { 'import.meta.dirname': JSON.stringify(import.meta.dirname) },
    logLevel: 'silent',
  });
  const program = `import { platformSite } from ${JSON.stringify(bundle)};
    console.log((await platformSite({}, { arguments: ${JSON.stringify(path.join(folder, 'server.js'))} })).port);`;
  const host = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: folder },
  });
  onTestFinished(() => void host.kill('SIGKILL'));
  const [line] = await once(createInterface({ input: host.stdout }), 'line');
  return { host, port: Number(line) };
}

const pidsAt = async (port: number): Promise<number[]> =>
  (await (await fetch(`http://127.0.0.1:${port}/`)).text()).split(' ').map(Number);

describe('a process of HttpPlatformHandler and what it started', () => {
  it('end with a host that is killed', async () => {
    const { host, port } = await startHost(folderWith(stubborn));
    const pids = await pidsAt(port);
    expect(pids.map(processExists)).toEqual([true, true]);
    host.kill('SIGKILL');
    await expect.poll(() => pids.filter(processExists), { timeout: 60_000 }).toEqual([]);
  });

  it('end when the time that it has to end itself is over', async () => {
    const state = new WorkerState({ environment: process.env, onEvent: () => undefined });
    onTestFinished(() => state.close());
    const folder = folderWith(stubborn);
    const port = await freePort();
    const started = PlatformProcess.start(state, { settings: platformDefaults, folder, applicationPath: '/' }, port);
    expect(await started.listens(60_000)).toBe('listening');
    const pids = await pidsAt(port);
    await started.stop(50);
    expect(pids.filter(processExists)).toEqual([]);
  });
});
