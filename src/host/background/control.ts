import { chmodSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import type { HostAddress, ProcessSeen, SiteNotBound } from '../types.js';

/** The requests of the control pipe of a background host: one JSON line per request, one JSON line per reply. */
export type ControlRequest =
  | { readonly command: 'status' | 'reload' | 'stop' }
  | { readonly command: 'recycle'; readonly pool?: string }
  | { readonly command: 'start' | 'halt'; readonly kind: 'site' | 'apppool'; readonly name: string };

export interface ControlReply {
  readonly ok: boolean;
  readonly pid: number;
  readonly addresses: readonly HostAddress[];
  /** Missing in a host of an older version. */
  readonly notBound?: readonly SiteNotBound[];
  /** Pools that rapid-fail protection has stopped; missing in a host of an older version. */
  readonly stoppedPools?: readonly string[];
  /** The processes of the apps; missing in a host of an older version. */
  readonly processes?: readonly ProcessSeen[];
  /** When the host started; ISO 8601. */
  readonly since?: string;
  /** Of a `serve` in the foreground: what it serves. */
  readonly served?: Served;
  readonly error?: string;
}

/** What a `serve` in the foreground serves. */
export interface Served {
  /** The app's physical path. */
  readonly directory: string;
  readonly path: string;
  /** The further applications of its site. */
  readonly apps: readonly { readonly path: string; readonly directory: string }[];
  /** The applicationHost.config that it was given. */
  readonly apphost?: string;
  /** The URLs of its applications; the app's own first. */
  readonly urls: readonly string[];
}

/** Longest wait for an answer, in ms: stopping waits until the child processes have ended. */
const answerTime = 20_000;
/** How long a client may take to send its line, and to read the answer, in ms. */
const lineTime = 10_000;
const longestLine = 64 * 1024;
const longestAnswer = 4 * 1024 * 1024;

/**
 * Sends one request. Rejects when no host listens on the pipe, when no answer comes in time, or when the answer is invalid.
 * @param patience ms to wait for the whole answer.
 */
export function askControl(pipe: string, request: ControlRequest, patience = answerTime): Promise<ControlReply> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(pipe);
    const timer = setTimeout(() => socket.destroy(new Error(`no answer on ${pipe}`)), patience);
    let text = '';
    socket.setEncoding('utf8');
    socket.once('connect', () => socket.write(`${JSON.stringify(request)}\n`));
    socket.on('data', (piece: string) => {
      text += piece;
      if (text.length > longestAnswer) socket.destroy(new Error(`the answer on ${pipe} is too long`));
    });
    socket.once('error', reject);
    socket.once('close', () => {
      clearTimeout(timer);
      const reply = parsed(text);
      if (isReply(reply)) resolve(reply);
      else reject(new Error(text === '' ? `no answer on ${pipe}` : `an invalid answer on ${pipe}`));
    });
  });
}

/** undefined when the text is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isReply(value: unknown): value is ControlReply {
  if (typeof value !== 'object' || value === null) return false;
  const { ok, pid, addresses } = value as Partial<Record<string, unknown>>;
  return typeof ok === 'boolean' && typeof pid === 'number' && Array.isArray(addresses);
}

/** Listens on the control pipe. The caller holds the home's lock, so an existing socket file belongs to a host that has ended. */
export async function serveControl(
  pipe: string,
  answer: (request: ControlRequest) => Promise<ControlReply>,
): Promise<Server> {
  if (process.platform !== 'win32') rmSync(pipe, { force: true });
  // Half open: a client that ends its side before the line is whole still gets an answer.
  const server = createServer({ allowHalfOpen: true }, (socket) => new Conversation(socket, answer));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(pipe, () => {
      server.off('error', reject);
      resolve();
    });
  });
  server.on('error', () => undefined); // too many open files: the next client tries again
  if (process.platform !== 'win32') chmodSync(pipe, 0o600);
  return server;
}

/** One client: it sends a line, gets an answer and the connection ends, each within a time limit. */
class Conversation {
  readonly #socket: Socket;
  readonly #answer: (request: ControlRequest) => Promise<ControlReply>;
  #timer: NodeJS.Timeout;
  #text = '';
  #heard = false;

  constructor(socket: Socket, answer: (request: ControlRequest) => Promise<ControlReply>) {
    this.#socket = socket;
    this.#answer = answer;
    this.#timer = setTimeout(() => this.#refuse('no complete line came in time'), lineTime);
    socket.setEncoding('utf8');
    socket.on('error', () => socket.destroy()); // the client closed the connection
    socket.on('data', (piece: string) => this.#hear(piece));
    socket.on('end', () => this.#refuse('the line is incomplete'));
    socket.on('close', () => clearTimeout(this.#timer));
  }

  #hear(piece: string): void {
    if (this.#heard) return; // dropped
    this.#text += piece;
    const end = this.#text.indexOf('\n');
    if (end < 0 && this.#text.length <= longestLine) return;
    const request = end < 0 || end > longestLine ? 'the line is too long' : requestIn(this.#text.slice(0, end));
    if (typeof request === 'string') this.#refuse(request);
    else void this.#obey(request);
  }

  async #obey(request: ControlRequest): Promise<void> {
    this.#heard = true;
    this.#text = '';
    clearTimeout(this.#timer);
    try {
      this.#say(await this.#answer(request));
    } catch (error) {
      this.#say(refusal(error instanceof Error ? error.message : String(error)));
    }
  }

  #refuse(error: string): void {
    if (this.#heard) return;
    this.#heard = true;
    this.#text = '';
    this.#say(refusal(error));
  }

  #say(reply: ControlReply): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#socket.destroy(), lineTime).unref();
    this.#socket.end(`${JSON.stringify(reply)}\n`);
  }
}

const refusal = (error: string): ControlReply => ({ ok: false, pid: process.pid, addresses: [], error });

/** The request of a line, or why it is invalid. */
function requestIn(line: string): ControlRequest | string {
  const value = parsed(line);
  if (typeof value !== 'object' || value === null) return 'the line is not a JSON object';
  const { command, pool, kind, name } = value as Partial<Record<string, unknown>>;
  switch (command) {
    case 'status':
    case 'reload':
    case 'stop':
      return { command };
    case 'recycle':
      if (pool === undefined) return { command };
      return typeof pool === 'string' ? { command, pool } : 'pool is not a string';
    case 'start':
    case 'halt':
      if (kind !== 'site' && kind !== 'apppool') return 'kind is neither site nor apppool';
      return typeof name === 'string' ? { command, kind, name } : 'name is not a string';
    default:
      return typeof command === 'string' ? `unknown command ${command.slice(0, 100)}` : 'the line has no command';
  }
}
