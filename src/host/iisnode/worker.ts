import { type WorkerOptions, WorkerState } from '../backend/worker-state.js';
import { type ControlPipe, openControlPipe } from './control-pipe.js';

/** State shared by all applications of one worker process; created when first needed. */
export class Worker extends WorkerState {
  /** Requests iisnode has handled in this worker. */
  totalRequests = 0;
  readonly #onRecycle: () => void;
  #control: ControlPipe | undefined;

  /** `onRecycle` is called when a script requests a recycle through the control pipe. */
  constructor(options: WorkerOptions, onRecycle: () => void) {
    super(options);
    this.#onRecycle = onRecycle;
  }

  /** The value of IISNODE_CONTROL_PIPE, the same for all processes of the worker. */
  controlPipe(): string {
    this.#control ??= openControlPipe(this.pipes.next(), this.#onRecycle);
    return this.#control.name;
  }

  /** A recycled worker gets a new control pipe. */
  closeControlPipe(): void {
    this.#control?.close();
    this.#control = undefined;
  }

  override close(): void {
    this.closeControlPipe();
    super.close();
  }
}
