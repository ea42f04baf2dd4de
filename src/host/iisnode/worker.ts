import { createPipeNames, type PipeNames } from '../backend/pipe-names.js';
import { createReaper, type Reaper } from '../backend/reaper.js';
import type { HostEvent } from '../types.js';
import { type ControlPipe, openControlPipe } from './control-pipe.js';
import type { IisnodeModuleOptions } from './types.js';

/** State shared by all applications of one worker process; created when first needed. */
export class Worker {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Requests iisnode has handled in this worker. */
  totalRequests = 0;
  readonly #onEvent: (event: HostEvent) => void;
  readonly #onRecycle: () => void;
  readonly #said = new Set<string>();
  #pipes: PipeNames | undefined;
  #reaper: Reaper | undefined;
  #control: ControlPipe | undefined;

  /** `onRecycle` is called when a script requests a recycle through the control pipe. */
  constructor(options: IisnodeModuleOptions, onRecycle: () => void) {
    this.environment = options.environment;
    this.#onEvent = options.onEvent;
    this.#onRecycle = onRecycle;
  }

  get pipes(): PipeNames {
    this.#pipes ??= createPipeNames();
    return this.#pipes;
  }

  get reaper(): Reaper {
    this.#reaper ??= createReaper(this.pipes.directory);
    return this.#reaper;
  }

  /** The value of IISNODE_CONTROL_PIPE, the same for all processes of the worker. */
  controlPipe(): string {
    this.#control ??= openControlPipe(this.pipes.next(), this.#onRecycle);
    return this.#control.name;
  }

  event(event: HostEvent): void {
    this.#onEvent(event);
  }

  /** Reports it only the first time. */
  noteOnce(event: HostEvent): void {
    const key = `${event.code} ${event.message}`;
    if (this.#said.has(key)) return;
    this.#said.add(key);
    this.event(event);
  }

  /** A recycled worker gets a new control pipe. */
  closeControlPipe(): void {
    this.#control?.close();
    this.#control = undefined;
  }

  /** Removes what it created; call it when every process has ended. */
  close(): void {
    this.closeControlPipe();
    this.#reaper?.close();
    this.#pipes?.remove();
    this.#reaper = undefined;
    this.#pipes = undefined;
  }
}
