import { createHash, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { execa, type ResultPromise } from 'execa';
import { drained } from '../files/index.js';
import { version } from '../version.js';
import type { SshAddress } from './address.js';
import { Answers } from './answers.js';
import { bootstrapLine } from './bootstrap-line.js';
import { sshArguments, sshProgram } from './command-line.js';
import { ConnectionLost, connectionFailure, noSsh } from './failures.js';
import { frameOf, type Ready } from './messages.js';

export interface SessionOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The program that the server runs: CommonJS that exports `run`. */
  readonly program: Buffer;
  /** The command there; default: node by its name. */
  readonly line?: string;
  /** How long the server may be silent, in ms. */
  readonly patience?: number;
  /** How long there may be no news, in ms: no message but signs of life, and no data that is sent. */
  readonly longest?: number;
}

/** One connection: one ssh here, one node there. */
export interface Session {
  /** Bytes sent. */
  readonly sent: number;
  /** What ssh itself and the server have written on stderr. */
  readonly said: string;
  /** @throws ConnectionLost; UserError when there is no connection; NoAnswer when the command failed before it could answer. */
  receive(): Promise<Readonly<Record<string, unknown>>>;
  send(message: object): Promise<void>;
  /** Data in parts; resolves when all of it is handed over. */
  sendData(parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, progress?: (bytes: number) => void): Promise<void>;
  /** Closes stdin: the server undoes what it has begun, and says so. */
  finish(): void;
  /** Ends ssh, if it still runs. */
  close(): Promise<void>;
}

/** The command there ended before it could answer: that shell found no node. Its message is what the shell said. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

const largestFrame = 64 * 1024;
const usualPatience = 120_000;
const usualLongest = 60 * 60_000;
const signOfLife = 15_000;
/** What a program has written may come this long after its end, in ms. */
const lastWords = 1_000;

/** Connects, and makes the server ready: the program is sent where it is missing. @throws as `Session.receive`. */
export async function openSession(
  address: SshAddress,
  options: SessionOptions,
  check: (ready: Ready) => void,
): Promise<Session & { readonly ready: Ready }> {
  const { program } = options;
  const marker = randomBytes(16).toString('hex');
  const session = new SshSession(address, options, marker);
  try {
    await session.send({ marker, version, sha256: createHash('sha256').update(program).digest('hex') });
    const { ready } = (await session.receive()) as { readonly ready: Ready };
    check(ready);
    if (!ready.hasProgram) await session.sendData([gzipSync(program)]);
    return Object.assign(session, { ready });
  } catch (error) {
    await session.close();
    throw error;
  }
}

class SshSession implements Session {
  sent = 0;
  said = '';
  readonly #address: SshAddress;
  readonly #child: ResultPromise<{ buffer: false; reject: false; stdin: 'pipe'; stdout: 'pipe'; stderr: 'pipe' }>;
  readonly #answers: Answers;
  readonly #patience: number;
  readonly #longest: number;
  readonly #messages: Readonly<Record<string, unknown>>[] = [];
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #exited: Promise<void>;
  #wake: () => void = () => undefined;
  #heard = performance.now();
  #news = performance.now();
  #hasAnswered = false;
  /** Why no more messages come. */
  #over: Error | undefined;

  constructor(address: SshAddress, options: SessionOptions, marker: string) {
    this.#address = address;
    this.#answers = new Answers(marker);
    this.#patience = options.patience ?? usualPatience;
    this.#longest = options.longest ?? usualLongest;
    const { environment, line = bootstrapLine() } = options;
    const isBatch = process.stdin.isTTY !== true;
    const program = sshProgram(environment, process.platform);
    this.#child = execa(program, sshArguments(address, line, isBatch), {
      env: environment,
      extendEnv: false,
      buffer: false,
      reject: false,
      stdin: 'pipe',
      stdout: 'pipe',
      stderr: 'pipe',
      windowsHide: true,
      forceKillAfterDelay: 1_000,
    });
    const { stdin, stdout, stderr } = this.#child;
    stdin.on('error', () => undefined); // its end is told by its exit
    stdout.setEncoding('latin1').on('data', (chunk: string) => this.#take(chunk));
    stderr.setEncoding('utf8').on('data', (chunk: string) => {
      this.said = (this.said + chunk).slice(-8_192);
    });
    this.#exited = this.#exit().then(([code, cause]) => this.#end(code, cause));
    this.#timers.push(
      setInterval(() => this.#write(frameOf('A')), signOfLife),
      setInterval(() => this.#watch(), 1_000),
    );
  }

  async receive(): Promise<Readonly<Record<string, unknown>>> {
    for (;;) {
      const message = this.#messages.shift();
      if (message !== undefined) return message;
      if (this.#over !== undefined) throw this.#over;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async send(message: object): Promise<void> {
    await this.#handOver(frameOf('J', Buffer.from(JSON.stringify(message))));
  }

  async sendData(
    parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    progress: (bytes: number) => void = () => undefined,
  ): Promise<void> {
    for await (const part of parts) {
      for (let at = 0; at < part.length; at += largestFrame) {
        await this.#handOver(frameOf('D', part.subarray(at, at + largestFrame)));
        progress(Math.min(largestFrame, part.length - at));
      }
    }
    await this.#handOver(frameOf('E'));
  }

  finish(): void {
    this.#child.stdin.end();
  }

  async close(): Promise<void> {
    this.finish();
    for (const timer of this.#timers) clearInterval(timer);
    this.#child.kill(); // no effect when it has ended
    await this.#exited;
  }

  /** A process that ssh leaves in the background (ControlPersist) may keep its pipes open without end: not waited for. */
  #exit(): Promise<readonly [code: number | undefined, cause: unknown]> {
    return new Promise((resolve) => {
      const child = this.#child;
      void child.then(({ exitCode, cause }) => resolve([exitCode, cause]));
      child.once('exit', (code) => {
        const done = (): void => {
          for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
          resolve([code ?? undefined, undefined]);
        };
        setTimeout(done, lastWords).unref();
      });
    });
  }

  #take(chunk: string): void {
    for (const message of this.#answers.take(chunk)) {
      this.#hasAnswered = true;
      if ((message as { readonly alive?: boolean }).alive) continue;
      this.#messages.push(message as Record<string, unknown>);
      this.#news = performance.now();
    }
    this.#heard = performance.now();
    this.#wake();
  }

  async #handOver(bytes: Buffer): Promise<void> {
    const { stdin } = this.#child;
    if (this.#over !== undefined || stdin.destroyed || stdin.writableEnded) return; // receive() says why
    this.#news = performance.now();
    if (this.#write(bytes)) return;
    // Also when ssh ends meanwhile: receive() says why.
    await drained(stdin);
    this.#heard = performance.now();
    this.#news = performance.now();
  }

  #write(bytes: Buffer): boolean {
    const { stdin } = this.#child;
    if (stdin.destroyed || stdin.writableEnded) return true;
    this.sent += bytes.length;
    return stdin.write(bytes);
  }

  #watch(): void {
    const now = performance.now();
    const isSilent = now - this.#heard >= this.#patience;
    if (!isSilent && now - this.#news < this.#longest) return;
    const why = isSilent
      ? `It was silent for ${Math.round(this.#patience / 1000)} s.`
      : `It gave only signs of life for ${Math.round(this.#longest / 60_000)} min, which is the limit.`;
    this.#over ??= new ConnectionLost(this.#address, why);
    this.#child.kill();
    this.#wake();
  }

  #end(code: number | undefined, cause: unknown): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#over ??= this.#reasonOf(code, cause);
    this.#wake();
  }

  #reasonOf(code: number | undefined, cause: unknown): Error {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    if (isMissing) return noSsh(cause);
    const last = this.said.trim().split(/\r?\n/).at(-1) ?? '';
    if (this.#hasAnswered) return new ConnectionLost(this.#address, last || 'It ended before the server had answered.');
    // ssh's own failures end with 255 (ssh(1)).
    if (code === 255 || code === undefined) return connectionFailure(this.#address, this.said, code);
    return new NoAnswer(this.said.trim() || this.#answers.other.trim());
  }
}
