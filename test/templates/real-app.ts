import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlink } from 'node:fs/promises';
import path from 'node:path';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { expect, onTestFinished } from 'vitest';
import { type Running, root, temporaryFolder } from '../support/cli.js';
import { cliHere, serveHere } from '../support/cli-here.js';

/** An app as the built program's `init` writes it, with this repository's node_modules; deleted when the test ends. */
export async function madeApp(template: string, ...options: readonly string[]): Promise<string> {
  const { folder, remove } = await temporaryFolder();
  onTestFinished(remove);
  const app = path.join(folder, template);
  const made = await cliHere(['init', app, '--template', template, '--no-install', ...options]);
  expect(made, made.stderr).toMatchObject({ code: 0 });
  await symlink(path.join(root, 'node_modules'), path.join(app, 'node_modules'), 'junction');
  return app;
}

/** Serves it with the embedded IIS, on its own port; its origin, and its output for failures. */
export async function served(
  app: string,
  vdirPath: string,
  port = '0',
): Promise<{ origin: string; url: string; serving: Omit<Running, 'child'> }> {
  const serving = await serveHere([app, '--path', vdirPath, '--port', port]);
  onTestFinished(async () => void (await serving.stop()));
  const url = serving.match[1] ?? '';
  return { origin: new URL(url).origin, url, serving };
}

/** The output and exit code of `doctor`. */
export async function doctored(app: string): Promise<{ code: number | null; findings: unknown }> {
  const { code, stdout } = await cliHere(['doctor', app, '--json']);
  return { code, findings: (JSON.parse(stdout) as { findings: unknown }).findings };
}

/** Runs the app's own tests as `npm test` does; rejects with their output when one fails. */
export async function ownTests(app: string): Promise<void> {
  const { NODE_OPTIONS: _o, NODE_TEST_CONTEXT: _c, ...environment } = process.env;
  const child = spawn(process.execPath, ['--test', '--test-reporter=tap'], {
    cwd: app,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk));
  const [code] = await once(child, 'close');
  if (code !== 0 || !/^# pass [1-9]/m.test(output)) throw new Error(output);
}

/** A socket.io client that reconnects quickly; closed when the test ends. */
export function client(url: string, options: Partial<ManagerOptions & SocketOptions>): Socket {
  const socket = io(url, {
    transports: ['websocket'],
    forceNew: true,
    reconnectionDelay: 50,
    reconnectionDelayMax: 200,
    ...options,
  });
  onTestFinished(() => void socket.close());
  return socket;
}

/** The first argument of the next event of that name. */
export async function next(socket: Socket, event: string): Promise<unknown> {
  const [value] = await once(socket as unknown as NodeJS.EventEmitter, event, { signal: AbortSignal.timeout(30_000) });
  return value;
}
