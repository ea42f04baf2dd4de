import path from 'node:path';
import { asInterruption } from '../errors.js';
import type { OptionNames } from '../known-options.js';

/** Options of every action. */
export interface ActionOptions<Event = never> {
  /** The app's folder, relative to the working directory, which is the default. */
  readonly directory?: string;
  /** The vdir path, '/' or '/dante'; by default found as in the command. */
  readonly path?: string;
  /** process.env by default. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Interrupts: what was done so far is rolled back, then UserError INTERRUPTED. */
  readonly signal?: AbortSignal;
  /** Called for each progress event. */
  readonly onEvent?: (event: Event) => void;
}

/** The version of every result; it changes when a field is removed or changes its meaning. */
export type Versioned<Result> = Result & { readonly version: 1 };

/** A result with its version. */
export const versioned = <Result extends object>(result: Result): Versioned<Result> => ({ version: 1, ...result });
/** Absolute; the working directory by default. */
export const folderOf = (directory = '.'): string => path.resolve(directory);
/** Those of the process by default. */
export const environmentOf = ({
  environment = process.env,
}: ActionOptions): NonNullable<ActionOptions['environment']> => environment;

/** Does the action. @throws its error; UserError INTERRUPTED where the signal ended it. */
export async function interruptible<Result>(
  signal: AbortSignal | undefined,
  act: () => Promise<Result>,
): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    throw asInterruption(error, signal);
  }
}

/** Their names. */
export const everyAction: OptionNames<ActionOptions> = {
  directory: true,
  path: true,
  environment: true,
  signal: true,
  onEvent: true,
};
