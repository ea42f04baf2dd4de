import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { type LoaderSettings, loaderFiles, loaderName } from '../../src/scaffold/loader.js';

const root = path.join(import.meta.dirname, '..', '..');
const interceptor = path.join(root, 'src', 'host', 'iisnode', 'interceptor.cjs');

export interface Answer {
  readonly status: number | undefined;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface AppOptions {
  /** Name -> text, below the app's folder. */
  readonly files: Readonly<Record<string, string>>;
  readonly settings?: Partial<LoaderSettings>;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface App {
  readonly child: ChildProcess;
  readonly folder: string;
  readonly pipe: string;
  /** A TCP origin whose connections go to the pipe, for clients that know no pipes. */
  readonly origin: string;
  stdout(): string;
  stderr(): string;
  /** Resolves with the exit code. */
  ended(): Promise<number | null>;
  get(url: string, options?: http.RequestOptions & { body?: string }): Promise<Answer>;
}

/**
 * Runs an app with this Node, or with APP_NODE, as iisnode does: the interceptor, the loader beside the app, a pipe's name in PORT. Does not
 * wait for it to listen.
 */
export async function startApp({ files, settings = {}, environment = {} }: AppOptions): Promise<App> {
  const folder = mkdtempSync(path.join(tmpdir(), 'loader-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const all = [...Object.entries(files), ...loaderFiles({ vdirPath: environment.virtualDirPath ?? '/', ...settings })];
  for (const [name, text] of all) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
  const pipe = path.join(folder, 'pipe');
  const { NODE_ENV: _, ...inherited } = process.env;
  const child = spawn(process.env.APP_NODE ?? process.execPath, [interceptor, path.join(folder, loaderName)], {
    cwd: folder,
    env: { ...inherited, PORT: pipe, IISNODE_VERSION: '0.2.27', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
    });
  }
  const exited = once(child, 'close').then(([code]) => code as number | null);
  const bridge = net.createServer({ allowHalfOpen: true }, (client) => {
    const other = net.connect({ path: pipe, allowHalfOpen: true });
    client.on('error', () => other.destroy());
    other.on('error', () => client.destroy());
    client.pipe(other).pipe(client);
  });
  bridge.listen(0, '127.0.0.1');
  await once(bridge, 'listening');
  onTestFinished(async () => {
    bridge.close();
    child.kill('SIGKILL');
    await exited;
  });
  return {
    child,
    folder,
    pipe,
    origin: `http://127.0.0.1:${(bridge.address() as AddressInfo).port}`,
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
    ended: () => exited,
    get: (url, options) => ask(pipe, url, options),
  };
}

/** Starts an app and waits until its pipe takes connections. */
export async function runApp(options: AppOptions): Promise<App> {
  const app = await startApp(options);
  const state = async (): Promise<string> => {
    if (app.child.exitCode !== null) throw new Error(`the app ended with ${app.child.exitCode}:\n${app.stderr()}`);
    return (await connects(app.pipe)) ? 'listens' : app.stderr();
  };
  await expect.poll(state, { interval: 10 }).toBe('listens');
  return app;
}

function connects(pipe: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(pipe, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

function ask(pipe: string, url: string, options: http.RequestOptions & { body?: string } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { body: sent, headers, ...rest } = options;
    const request = http.request(
      { socketPath: pipe, path: url, agent: false, ...rest, headers: { Host: 'site.example', ...headers } },
      (response) => {
        let body = '';
        response.setEncoding('latin1').on('data', (text: string) => {
          body += text;
        });
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(sent);
  });
}
