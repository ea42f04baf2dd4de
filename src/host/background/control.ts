import { chmodSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import type { HostAddress } from '../types.js';

/** What a background host can be asked through its control pipe: one JSON line there, one back. */
export type ControlRequest =
  | { readonly command: 'status' | 'reload' | 'stop' }
  | { readonly command: 'recycle'; readonly pool?: string }
  | { readonly command: 'start' | 'halt'; readonly kind: 'site' | 'apppool'; readonly name: string };

export interface ControlReply {
  readonly ok: boolean;
  readonly pid: number;
  readonly addresses: readonly HostAddress[];
  /** When the host came up; ISO 8601. */
  readonly since?: string;
  readonly error?: string;
}

/** Longest wait for an answer, in ms: stopping waits for child processes to be gone. */
const answerTime = 20_000;
const longestLine = 64 * 1024;

/** Sends one request. Rejects when nobody listens on the pipe or no answer comes. */
export function askControl(pipe: string, request: ControlRequest): Promise<ControlReply> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(pipe);
    let text = '';
    socket.setEncoding('utf8').setTimeout(answerTime);
    socket.once('connect', () => socket.write(`${JSON.stringify(request)}\n`));
    socket.on('data', (piece: string) => {
      text += piece;
    });
    socket.once('timeout', () => socket.destroy(new Error(`no answer on ${pipe}`)));
    socket.once('error', reject);
    socket.once('close', () => {
      try {
        const reply: unknown = JSON.parse(text);
        if (isReply(reply)) resolve(reply);
        else reject(new Error(`an answer of another kind on ${pipe}`));
      } catch (cause) {
        reject(new Error(`no answer on ${pipe}`, { cause }));
      }
    });
  });
}

function isReply(value: unknown): value is ControlReply {
  return typeof value === 'object' && value !== null && 'ok' in value && 'pid' in value && 'addresses' in value;
}

/** Listens on the control pipe. The caller holds the home's lock, so a socket file that is there is a dead host's. */
export async function serveControl(
  pipe: string,
  answer: (request: ControlRequest) => Promise<ControlReply>,
): Promise<Server> {
  if (process.platform !== 'win32') rmSync(pipe, { force: true });
  const server = createServer((socket) => serveConnection(socket, answer));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(pipe, () => {
      server.off('error', reject);
      resolve();
    });
  });
  if (process.platform !== 'win32') chmodSync(pipe, 0o600);
  return server;
}

function serveConnection(socket: Socket, answer: (request: ControlRequest) => Promise<ControlReply>): void {
  let text = '';
  socket.setEncoding('utf8');
  socket.on('error', () => socket.destroy()); // who asked went away: there is nobody to answer
  socket.on('data', (piece: string) => {
    text += piece;
    if (text.length > longestLine) socket.destroy();
    const end = text.indexOf('\n');
    if (end < 0) return;
    socket.removeAllListeners('data');
    void reply(socket, text.slice(0, end), answer);
  });
}

async function reply(
  socket: Socket,
  line: string,
  answer: (request: ControlRequest) => Promise<ControlReply>,
): Promise<void> {
  let result: ControlReply;
  try {
    result = await answer(JSON.parse(line) as ControlRequest);
  } catch (error) {
    result = {
      ok: false,
      pid: process.pid,
      addresses: [],
      error: error instanceof Error ? error.message : String(error),
    };
  }
  socket.end(`${JSON.stringify(result)}\n`);
}
