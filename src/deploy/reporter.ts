import { failedNote } from './failure.js';
import type { DeployEvent } from './types.js';

type Phase = DeployEvent['phase'];

/** How people know a step. */
export interface StepName {
  readonly id: string;
  readonly title: string;
}

/** What is told of one step while it is at work. */
export interface StepReport {
  /** Shown with all that is told from now on. */
  commands: readonly string[];
  tell(phase: Phase, note?: string): void;
}

/** Tells what happens, with the time since each step began. */
export class Reporter {
  readonly #hears: (event: DeployEvent) => void;

  constructor(hears: (event: DeployEvent) => void) {
    this.#hears = hears;
  }

  /** Does one step's work, which tells what becomes of it; what it throws is told as `failed`, and thrown. */
  async step<T>({ id, title }: StepName, work: (report: StepReport) => Promise<T>): Promise<T> {
    const began = performance.now();
    const report: StepReport = {
      commands: [],
      tell: (phase, note) =>
        this.#hears({
          step: id,
          title,
          phase,
          commands: report.commands,
          ms: performance.now() - began,
          ...(note !== undefined && { note }),
        }),
    };
    try {
      return await work(report);
    } catch (cause) {
      report.tell('failed', failedNote(cause));
      throw cause;
    }
  }

  /** Tells one thing that is no step's. */
  note({ id, title }: StepName, phase: Phase, note: string): void {
    this.#hears({ step: id, title, phase, commands: [], ms: 0, note });
  }
}
