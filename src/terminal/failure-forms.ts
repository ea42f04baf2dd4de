import { exitCodes } from '../exit-codes.js';
import { informationUri, version } from '../version.js';
import { documentVersion, type OutputForm } from './terminal.js';

/** The text of every failure: a code that never changes, and the three lines. */
export interface Failure {
  readonly code: string;
  readonly what: string;
  readonly why: string;
  readonly next: string;
}

/** The JSON document of a command that failed. */
export interface FailureDocument {
  readonly version: number;
  readonly error: Failure;
}

/**
 * A failure in machine-readable form for stdout; ends with a newline.
 *
 * @param exitCode The process's exit code.
 * @param oneLine Print the JSON document on one line.
 */
export function failureInForm(
  failure: Failure,
  form: Exclude<OutputForm, 'text'>,
  exitCode: number,
  oneLine: boolean,
): string {
  const json = (value: object): string => `${JSON.stringify(value, undefined, oneLine ? undefined : 2)}\n`;
  if (form === 'github') return `${annotation(failure)}\n`;
  if (form === 'sarif') return json(sarif(failure, exitCode));
  return json({ version: documentVersion, error: failure } satisfies FailureDocument);
}

/** An error annotation of GitHub Actions, without a file (escaping: actions/toolkit, command.ts). */
function annotation({ code, what, why, next }: Failure): string {
  const escaped = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  return `::error title=${code}::${escaped(`${what}: ${why} Next: ${next}`)}`;
}

/**
 * A failed run (SARIF 2.1.0, 3.14.23: it has no `results`; an empty list would mean that nothing is wrong, and code scanning
 * would close its open alerts).
 */
function sarif({ code, what, why, next }: Failure, exitCode: number): object {
  return sarifWithoutResults('error', code, `${what}: ${why} Next: ${next}`, exitCode);
}

/** A SARIF run in which nothing was checked, though nothing failed; ends with a newline. */
export function sarifNote(id: string, text: string): string {
  return `${JSON.stringify(sarifWithoutResults('note', id, text, exitCodes.done.code), undefined, 2)}\n`;
}

function sarifWithoutResults(level: 'error' | 'note', id: string, text: string, exitCode: number): object {
  const notification = { level, descriptor: { id }, message: { text } };
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'iisnode-sock', version, informationUri } },
        invocations: [{ executionSuccessful: false, exitCode, toolExecutionNotifications: [notification] }],
      },
    ],
  };
}
