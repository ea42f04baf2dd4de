import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { Socket } from 'node:net';
import path from 'node:path';
import type { IisnodeSettings } from '../../webconfig/index.js';
import type { ClientWatch } from '../backend/client-watch.js';
import { findExecutable, splitCommandLine } from '../backend/command-line.js';
import { Echo, overPipe } from '../backend/echo.js';
import { ErrorOutput } from '../backend/error-output.js';
import type { ProcessExit } from '../backend/exit-event.js';
import { jobVariable, ProcessTree } from '../backend/process-tree.js';
import { notStarted, StartFailed } from '../backend/start-failed.js';
import { childEnvironment } from './child-environment.js';
import { ConnectionPool } from './connection-pool.js';
import { win32 } from './failures.js';
import { interceptorArguments } from './interceptor-path.js';
import { PipeConnection } from './pipe-connection.js';
import type { Worker } from './worker.js';

export interface StartOptions {
  readonly worker: Worker;
  readonly script: string;
  readonly settings: IisnodeSettings;
  readonly appSettings: readonly (readonly [string, string])[];
  /** How many processes there were in its slot before. */
  readonly restarts: number;
  readonly onExit: (process: NodeProcess, exit: ProcessExit) => void;
}

/** Our handles of a started process. */
interface Ends {
  readonly pipe: string;
  readonly stderr: ErrorOutput;
}

/** How often a connection to a process that does not listen yet is tried, in ms. */
const probeInterval = 10;

/** One node.exe: its pipe, its idle connections and its active requests. */
export class NodeProcess {
  readonly pid: number;
  readonly pipe: string;
  readonly script: string;
  readonly settings: IisnodeSettings;
  readonly pool: ConnectionPool;
  readonly stderr: ErrorOutput;
  /** Resolves when the process has ended. */
  readonly gone: Promise<void>;
  /** Resolves when all processes that it started have ended as well. */
  readonly swept: Promise<void>;
  /** Requests dispatched to it and not yet finished. */
  active = 0;
  /** Those that became sockets. */
  sockets = 0;
  readonly restarts: number;
  exited = false;
  /** When it was started, in ms since 1970. */
  readonly since = Date.now();
  /** Requests whose pipe broke, as `GET /path (500.1013)`: the reason is known only when the process has ended. */
  readonly cutOff: string[] = [];
  /** True once a connection succeeded. */
  listening = false;
  readonly #tree: ProcessTree;
  /** On its lifeline; undefined on Windows, where it has none. */
  readonly #echo: Echo | undefined;
  readonly #wakers = new Set<() => void>();
  #spare: PipeConnection | undefined;
  #probing = false;
  #killed = false;

  private constructor(child: ChildProcess, pid: number, { pipe, stderr }: Ends, options: StartOptions) {
    this.#tree = new ProcessTree(child, pid, pipe);
    this.pid = pid;
    this.pipe = pipe;
    this.stderr = stderr;
    this.restarts = options.restarts;
    const lifeline = child.stdio[3];
    this.#echo = lifeline instanceof Socket ? new Echo(overPipe(lifeline.unref())) : undefined;
    this.script = options.script;
    this.settings = options.settings;
    this.pool = new ConnectionPool(
      options.settings.maxNamedPipeConnectionPoolSize,
      options.settings.maxNamedPipePooledConnectionAge,
    );
    child.on('error', () => undefined);
    this.gone = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#onExit();
        resolve();
        // The last part of stderr arrives after the exit; a grandchild may keep the pipe open, so do not wait for its end.
        setImmediate(() => {
          options.onExit(this, { code, signal, unexpected: !this.#killed });
          child.stderr?.destroy();
          this.stderr.close();
        });
      });
    });
    // Ends remaining processes that it started, before the reaper forgets it.
    this.swept = this.gone.then(() => this.#tree.sweep()).finally(() => options.worker.reaper.forget(pid));
  }

  /** Starts `<nodeProcessCommandLine> <interceptor> "<script>"` (iisnode 0.2.27, cnodeprocess.cpp). Throws StartFailed. */
  static start(options: StartOptions): NodeProcess {
    const { worker, script, settings } = options;
    const [program = '', ...flags] = splitCommandLine(settings.nodeProcessCommandLine);
    const found = findExecutable(program, worker.environment);
    if ('code' in found) {
      const code = found.code === win32.fileNotFound ? win32.unableToStartNode : found.code;
      throw new StartFailed(code, `nodeProcessCommandLine names ${program}, which ${notStarted(found.code)}`);
    }
    if (found.note !== undefined) worker.noteOnce({ level: 'warning', code: 'NODE_SUBSTITUTED', message: found.note });
    const pipe = worker.pipes.next();
    const controlPipe = settings.recycleSignalEnabled ? worker.controlPipe() : undefined;
    const env = childEnvironment({
      pipe,
      settings,
      appSettings: options.appSettings,
      worker: worker.environment,
      controlPipe,
    });
    const stderr = new ErrorOutput(worker.pipes.directory);
    const child = spawnNode(found.file, [...flags, ...interceptorArguments(settings.interceptor), script], env, stderr);
    const { pid } = child;
    if (pid === undefined) {
      child.on('error', () => undefined);
      throw new StartFailed(win32.badExeFormat, `${found.file} could not be started`);
    }
    worker.reaper.watch(pid);
    return new NodeProcess(child, pid, { pipe, stderr }, options);
  }

  /** How late its event loop is, in ms; undefined where it does not say. */
  async delay(): Promise<number | undefined> {
    return this.exited ? undefined : this.#echo?.delay();
  }

  /** A new connection. Rejects with the system's error, e.g. ENOENT while the script does not listen yet. */
  async connect(): Promise<PipeConnection> {
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare !== undefined && !spare.ended) return spare;
    spare?.close();
    const connection = await PipeConnection.open(this.pipe);
    this.listening = true;
    return connection;
  }

  /**
   * Waits `delay` ms, or until the process first listens or ends or the client disconnects. iisnode sleeps the whole delay between its
   * attempts; continuing as soon as the process listens keeps the number of attempts and makes a cold start as fast as node itself.
   */
  wait(delay: number, client: ClientWatch): Promise<void> {
    if (this.exited) return Promise.resolve();
    if (!this.listening) void this.#probe();
    return new Promise((resolve) => {
      const timer = setTimeout(done, delay);
      const wakers = this.#wakers;
      function done(): void {
        clearTimeout(timer);
        wakers.delete(done);
        resolve();
      }
      wakers.add(done);
      client.whenGone(done);
    });
  }

  /** Kills it and all processes it started; resolves when all have ended. */
  kill(): Promise<void> {
    this.#killed = true;
    if (!this.exited) this.#tree.kill();
    return this.swept;
  }

  /** One prober for all waiting requests; its connection is used by the first of them. */
  async #probe(): Promise<void> {
    if (this.#probing) return;
    this.#probing = true;
    while (!this.listening && !this.exited) {
      await new Promise((resolve) => setTimeout(resolve, probeInterval));
      if (this.exited || this.#wakers.size === 0) break;
      try {
        const spare = await PipeConnection.open(this.pipe);
        if (this.exited) {
          spare.close();
          break;
        }
        this.#spare = spare;
        this.listening = true;
        this.#wakeAll();
      } catch {
        // It does not listen yet.
      }
    }
    this.#probing = false;
  }

  #wakeAll(): void {
    for (const wake of [...this.#wakers]) wake();
  }

  #onExit(): void {
    this.exited = true;
    if (process.platform !== 'win32') rmSync(this.pipe, { force: true });
    this.#spare?.close();
    this.pool.closeAll();
    this.#wakeAll();
  }
}

/** Starts the program in the folder of the script, the last argument. Throws StartFailed when the system refuses arguments or environment. */
function spawnNode(
  file: string,
  words: readonly string[],
  environment: Record<string, string>,
  stderr: ErrorOutput,
): ChildProcess {
  const posix = process.platform !== 'win32';
  let child: ChildProcess | undefined;
  try {
    child = spawn(file, words, {
      cwd: path.dirname(words.at(-1) ?? ''),
      env: { ...environment, ...(posix && { IISNODE_SOCK_LIFELINE: '1', [jobVariable]: environment.PORT }) },
      // Its own process group, which is ended as a whole.
      detached: posix,
      windowsHide: true,
      stdio: posix ? ['ignore', 'ignore', stderr.stdio, 'pipe'] : ['ignore', 'ignore', stderr.stdio],
    });
    return child;
  } catch (cause) {
    // Most failures come as an event; one argument or variable above the system's limit (E2BIG) is thrown.
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StartFailed(win32.invalidParameter, `${file} could not be started: ${why}`);
  } finally {
    stderr.started(child);
  }
}
