import { failedNote } from './failure.js';
import type { DeployEvent } from './types.js';

type Phase = DeployEvent['phase'];

/** The name of a step for users. */
export interface StepName {
  readonly id: string;
  readonly title: string;
}

/** Reports the progress of one step. */
export interface StepReport {
  /** Shown with all further events. */
  commands: readonly string[];
  setPhase(phase: Phase, note?: string): void;
}

/** Reports events, with the time since each step began. */
export class Reporter {
  readonly #listener: (event: DeployEvent) => void;

  constructor(listener: (event: DeployEvent) => void) {
    this.#listener = listener;
  }

  /** Runs one step, which reports its events; an error is reported as `failed`, and thrown again. */
  async step<T>({ id, title }: StepName, work: (report: StepReport) => Promise<T>): Promise<T> {
    const began = performance.now();
    const report: StepReport = {
      commands: [],
      setPhase: (phase, note) =>
        this.#listener({
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
      report.setPhase('failed', failedNote(cause));
      throw cause;
    }
  }

  /** Reports an event that does not belong to a step. */
  note({ id, title }: StepName, phase: Phase, note: string): void {
    this.#listener({ step: id, title, phase, commands: [], ms: 0, note });
  }
}

/** For `withServerLock` and `withAppLock`: reports what is waited for. */
export const waitsForOthers =
  (listener: (event: DeployEvent) => void) =>
  (note: string): void =>
    new Reporter(listener).note({ id: 'wait-for-others', title: 'Wait for other deployments' }, 'doing', note);

/** For questions to App Service: reports what is waited for. */
export const waitsForAzure =
  (listener: (event: DeployEvent) => void) =>
  (note: string): void =>
    new Reporter(listener).note({ id: 'wait-for-azure', title: 'Wait for App Service' }, 'doing', note);
