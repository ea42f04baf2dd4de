import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { crashReason } from '../backend/crash-reason.js';
import { Echo, overConnection } from '../backend/echo.js';
import { exitEventOf, type ProcessExit } from '../backend/exit-event.js';
import { jobVariable, ProcessTree } from '../backend/process-tree.js';
import { StartFailed } from '../backend/start-failed.js';
import { win32 } from '../backend/win32.js';
import type { WorkerState } from '../backend/worker-state.js';
import type { HostEvent } from '../types.js';
import { type PlatformCommand, platformCommand } from './command.js';
import { platformEnvironment } from './environment.js';
import { ProcessOutput } from './output.js';
import { listensOn } from './ports.js';
import type { PlatformRequest } from './types.js';

/** What an application needs to start a process: the settings and places of a request. */
export type StartedFor = Pick<PlatformRequest, 'settings' | 'folder' | 'applicationPath'>;

/** How often a connection to a process that does not listen yet is tried, in ms. Version 2 asks the system every 250 ms. */
const probeInterval = 20;
/** How long the requests of a process that ended are waited for, in ms: their last bytes may still be on the way. */
const mostBreaking = 1_000;
/** How long a process may take to end after it was asked to, in ms (HttpPlatformHandler v2: 10 s, fixed). */
const shutdownLimit = 10_000;

/** One process of an application: its port, its idle connections and its active requests. */
export class PlatformProcess {
  readonly pid: number;
  readonly port: number;
  /** Version 2 sends it with each request, and the process has it in HTTP_PLATFORM_TOKEN. */
  readonly token: string;
  readonly script: string;
  /** Connections that stay open between requests. */
  readonly agent = new http.Agent({ keepAlive: true });
  /** Resolves when the process has ended, its last output was read, and the requests that it broke off have failed. */
  readonly ended: Promise<ProcessExit>;
  /** Resolves when all processes that it started have ended as well. */
  readonly swept: Promise<void>;
  exited = false;
  /** When it was started, in ms since 1970. */
  readonly since = Date.now();
  listening = false;
  /** Requests whose connection broke, as `GET /path (502.3)`: the reason is known only when the process has ended. */
  readonly cutOff: string[] = [];
  #active = 0;
  /** Those of its requests that became sockets. */
  sockets = 0;
  /** How many processes there were in its slot before. */
  restarts = 0;
  #idle: (() => void) | undefined;
  readonly #tree: ProcessTree;
  readonly #echo: Echo;
  #lastOutput = '';
  #stopped: Promise<void> | undefined;

  private constructor(child: ChildProcess, pid: number, { state, port, token, mark, output, script }: Started) {
    this.pid = pid;
    this.port = port;
    this.token = token;
    this.script = script;
    this.#tree = new ProcessTree(child, pid, mark);
    this.#echo = new Echo(overConnection(port));
    child.on('error', () => undefined);
    const gone = new Promise<ProcessExit>((resolve) => {
      child.once('exit', (code, signal) => {
        this.exited = true;
        // The last part of stderr arrives after the exit; a grandchild may keep the pipe open, so do not wait for its end.
        setImmediate(() => {
          this.#lastOutput = output.text();
          child.stderr?.destroy();
          output.close();
          void this.#requestsBroken().then(() => resolve({ code, signal, unexpected: this.#stopped === undefined }));
        });
      });
    });
    this.ended = gone;
    void gone.then(() => this.agent.destroy());
    this.swept = gone
      .then(() => this.#tree.sweep())
      .finally(() => {
        state.reaper.forget(pid);
      });
  }

  /** Starts `"<processPath>" <arguments>` with that port. Throws StartFailed. */
  static start(state: WorkerState, { settings, folder, applicationPath }: StartedFor, port: number): PlatformProcess {
    const command = platformCommand(settings, { port, folder, environment: state.environment });
    if (command.note !== undefined)
      state.noteOnce({ level: 'warning', code: 'NODE_SUBSTITUTED', message: command.note });
    const token = randomUUID();
    const mark = state.pipes.next();
    const env = platformEnvironment({ settings, port, applicationPath, token, worker: state.environment });
    const output = new ProcessOutput(state, settings, folder);
    const child = spawnProgram(command, folder, { ...env, [jobVariable]: mark }, output);
    const { pid } = child;
    if (pid === undefined) {
      child.on('error', () => undefined);
      throw new StartFailed(win32.badExeFormat, `${command.file} could not be started`);
    }
    state.reaper.watch(pid);
    return new PlatformProcess(child, pid, { state, port, token, mark, output, script: command.script });
  }

  /** Requests and sockets that it has not ended. */
  get active(): number {
    return this.#active;
  }

  /** Counts a request that it answers until the returned function is called. */
  enter(): () => void {
    this.#active++;
    return () => {
      this.#active--;
      if (this.#active === 0) this.#idle?.();
    };
  }

  /** The connections of a process that ended break a moment later, in any order: its end is reported with the requests that broke. */
  #requestsBroken(): Promise<void> {
    if (this.#active === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, mostBreaking);
      this.#idle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Waits until the process accepts connections on its port, has ended, or `limit` ms are over. */
  async listens(limit: number): Promise<'listening' | 'ended' | 'late'> {
    const until = performance.now() + limit;
    for (;;) {
      if (!this.exited && (await listensOn(this.port)) && !this.exited) {
        this.listening = true;
        return 'listening';
      }
      if (this.exited) return 'ended';
      if (performance.now() >= until) return 'late';
      await Promise.race([this.ended, new Promise((resolve) => setTimeout(resolve, probeInterval))]);
    }
  }

  /** How late its event loop is, in ms; undefined before it listens. */
  async delay(): Promise<number | undefined> {
    return this.exited || !this.listening ? undefined : this.#echo.delay();
  }

  /** That it ended although nothing asked it to, and why. */
  exitEvent(exit: ProcessExit): HostEvent {
    return exitEventOf(this, exit, crashReason(this.#lastOutput));
  }

  /**
   * Asks the process to end with what Ctrl+C sends, and kills it and all processes it started when it takes longer than `limit` ms. Version 2
   * sends Ctrl+Break, which nothing can send to another process group from node: on Windows it is killed at once.
   */
  stop(limit = shutdownLimit): Promise<void> {
    this.#stopped ??= this.#stop(limit);
    return this.#stopped;
  }

  /** Kills it and all processes it started; resolves when all have ended. */
  kill(): Promise<void> {
    this.#stopped ??= this.swept;
    if (!this.exited) this.#tree.kill();
    return this.swept;
  }

  async #stop(limit: number): Promise<void> {
    if (this.exited) return this.swept;
    if (process.platform === 'win32') this.#tree.kill();
    else {
      interrupt(this.pid);
      const timer = setTimeout(() => this.#tree.kill(), limit);
      await this.ended;
      clearTimeout(timer);
    }
    await this.swept;
  }
}

/** Its process group: what npm or a shell started for it, too. */
function interrupt(pid: number): void {
  try {
    process.kill(-pid, 'SIGINT');
  } catch {
    // it has ended
  }
}

interface Started {
  readonly state: WorkerState;
  readonly port: number;
  readonly token: string;
  readonly mark: string;
  readonly output: ProcessOutput;
  readonly script: string;
}

/** Throws StartFailed when the system refuses arguments or environment. */
function spawnProgram(
  { file, words }: PlatformCommand,
  folder: string,
  env: Record<string, string>,
  output: ProcessOutput,
): ChildProcess {
  let child: ChildProcess | undefined;
  try {
    child = spawn(file, words, {
      cwd: folder,
      env,
      // Its own process group, which is ended as a whole.
      detached: process.platform !== 'win32',
      windowsHide: true,
      stdio: ['ignore', ...output.stdio],
    });
    return child;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StartFailed(win32.invalidParameter, `${file} could not be started: ${why}`);
  } finally {
    output.started(child);
  }
}
