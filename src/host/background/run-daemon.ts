import { rmSync } from 'node:fs';
import type { Server } from 'node:net';
import { ConfigError } from '../../config/index.js';
import { UserError } from '../../errors.js';
import { type Lock, writeFileAtomic } from '../../files/index.js';
import { configErrorText } from '../../pipeline/sections/index.js';
import { systemClock } from '../backend/clock.js';
import { faultEvent } from '../errors/fault-event.js';
import { startHost } from '../start-host.js';
import { surviveFaults } from '../survive-faults.js';
import type { RunningHost } from '../types.js';
import { certificateFor } from './certificates.js';
import { type ControlReply, type ControlRequest, serveControl } from './control.js';
import { type Home, homeConfig, isUnusedSite, openHome } from './home.js';
import { lockHome } from './lock.js';
import { logEvent as log } from './log-file.js';
import { type DaemonMessage, waitVariable } from './manage.js';

/**
 * Runs the background host until it is asked to stop or gets a signal. Sends its starter an IPC message when it is ready, or why it
 * failed; never rejects. Releases everything when it ends.
 */
export async function runDaemon(environment: Readonly<Record<string, string | undefined>>): Promise<void> {
  const { [waitVariable]: waits, ...own } = environment;
  if (waits && !(await waitForStarter())) return;
  const home = openHome(own);
  let lock: Lock | undefined;
  try {
    lock = await lockHome(home);
    await new Daemon(home, lock).start();
  } catch (error) {
    lock?.release();
    log(home, {
      level: 'error',
      code: 'HOST_NOT_STARTED',
      message: error instanceof Error ? error.message : String(error),
    });
    report({ error: linesOf(error) });
    process.exitCode = 1;
    if (process.connected) process.disconnect();
  }
}

/** False when the starter ended without a message. */
function waitForStarter(): Promise<boolean> {
  return new Promise((resolve) => {
    process.once('disconnect', () => resolve(false));
    process.once('message', () => resolve(true));
    if (!process.connected) resolve(false);
  });
}

class Daemon {
  readonly #home: Home;
  readonly #lock: Lock;
  readonly #since = new Date().toISOString();
  #host: RunningHost | undefined;
  #control: Server | undefined;
  #ending: Promise<void> | undefined;

  constructor(home: Home, lock: Lock) {
    this.#home = home;
    this.#lock = lock;
  }

  async start(): Promise<void> {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void this.end());
    surviveFaults((event) => log(this.#home, event));
    try {
      this.#host = await startHost({
        loadConfig: (reader) => homeConfig(this.#home, reader),
        isUnused: (site) => isUnusedSite(this.#home, site),
        onEvent: (event) => log(this.#home, event),
        environment: this.#home.environment,
        clock: systemClock(),
        certificateFor: (point, serverName) => certificateFor(this.#home, point, serverName),
      });
      this.#control = await serveControl(this.#home.controlPipe, (request) => this.#answer(request));
    } catch (error) {
      await this.end();
      throw error;
    }
    await this.#writeHostFile();
    log(this.#home, {
      level: 'info',
      code: 'HOST_STARTED',
      message: this.#host.addresses.map(({ origin }) => origin).join(', '),
    });
    const { addresses, notBound } = this.#host;
    report({ ready: { pid: process.pid, addresses, notBound, processes: [], since: this.#since } });
    if (process.connected) process.disconnect();
  }

  /** Idempotent; when it resolves nothing keeps the process alive. */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    await this.#host?.close().catch((error: unknown) => log(this.#home, faultEvent('at its end', error)));
    this.#control?.close();
    if (process.platform !== 'win32') rmSync(this.#home.controlPipe, { force: true });
    rmSync(this.#home.hostFile, { force: true });
    log(this.#home, { level: 'info', code: 'HOST_STOPPED', message: 'The background host ended.' });
    this.#lock.release();
  }

  async #answer(request: ControlRequest): Promise<ControlReply> {
    const host = this.#host;
    if (host === undefined) throw new Error('the host is starting');
    if (request.command === 'reload') await host.reload();
    if (request.command === 'recycle') await host.recycle(request.pool);
    if (request.command === 'start' || request.command === 'halt') {
      await host.setState(request.kind, request.name, request.command === 'start');
    }
    const { addresses, notBound, stoppedPools } = host;
    const processes = request.command === 'status' ? await host.processesWithDelay() : host.processes();
    const reply = { ok: true, pid: process.pid, addresses, notBound, stoppedPools, processes, since: this.#since };
    if (request.command === 'stop') await this.end();
    else if (request.command !== 'status') await this.#writeHostFile();
    return reply;
  }

  async #writeHostFile(): Promise<void> {
    const { controlPipe, hostFile } = this.#home;
    const state = { pid: process.pid, since: this.#since, addresses: this.#host?.addresses ?? [], controlPipe };
    try {
      await writeFileAtomic(hostFile, `${JSON.stringify(state, undefined, 2)}\n`);
    } catch (error) {
      // Other programs read it; the host itself works without it, for example on a full disk.
      const message = error instanceof UserError ? `${error.what}: ${error.why}` : String(error);
      log(this.#home, { level: 'warning', code: 'HOST_FILE_NOT_WRITTEN', message });
    }
  }
}

function report(message: DaemonMessage): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

function linesOf(error: unknown): { code: string; what: string; why: string; next: string } {
  if (error instanceof UserError) return { code: error.code, what: error.what, why: error.why, next: error.next };
  if (error instanceof ConfigError) {
    return {
      code: 'CONFIG_ERROR',
      what: `The configuration of the embedded IIS is invalid: ${configErrorText(error)}`,
      why: `${error.file ?? 'applicationHost.config'}${error.line === undefined ? '' : `, line ${error.line}`}`,
      next: 'fix that file',
    };
  }
  const why = error instanceof Error ? error.message : String(error);
  return { code: 'HOST_NOT_STARTED', what: 'The background host did not start', why, next: 'read its log' };
}
