import { printableJson, printableLines } from '../printable.js';
import { type Colours, colours, shown, wantsColour } from './colours.js';

/** What a stream must offer; process.stdout and process.stderr do, and so do test recorders. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** What stdout holds: text for people, or one document for programs; github: lines for GitHub Actions. */
export type OutputForm = 'text' | 'json' | 'sarif' | 'github';

export interface TerminalOptions {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin: { readonly isTTY?: boolean | undefined };
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** `--no-color` gives false. */
  readonly color?: boolean | undefined;
  readonly json?: boolean | undefined;
  /** `--format`; `json` is as `--json`, but nothing is said on stderr. */
  readonly format?: OutputForm | undefined;
  /** JSON documents come one a line. */
  readonly jsonLines?: boolean | undefined;
  readonly verbose?: boolean | undefined;
}

/**
 * The only way to stdout and stderr: stdout is the result, stderr is the talk. Whatever a text contains, no character of it steers
 * the terminal (see printable.ts); the palettes' colours do.
 */
export interface Terminal {
  readonly json: boolean;
  /** What a failure is to look like on stdout. */
  readonly form: OutputForm;
  /** JSON documents come one a line. */
  readonly jsonLines: boolean;
  readonly verbose: boolean;
  /** May we ask? Only on a terminal, outside CI, without --json. */
  readonly interactive: boolean;
  /** Palette of the result. */
  readonly out: Colours;
  /** Palette of the talk. */
  readonly err: Colours;
  /** stderr is a terminal that can redraw a line. */
  readonly live: boolean;
  /** A line of the result; with --json on stderr, as the one document is the result then. */
  print(line?: string): void;
  /** Several lines of the result, each with its line end; with --json on stderr. */
  printText(text: string): void;
  /** A line of the talk. */
  say(line?: string): void;
  /** Several lines of the talk, each with its line end. */
  sayText(text: string): void;
  /** Talk without a line end: the answer is typed behind it. */
  prompt(text: string): void;
  /** A JSON document, with the version of its shape; only with --json and --format json. */
  document(value: object): void;
  /** What stdout holds for programs, made elsewhere: a JSON text, or lines for GitHub Actions; ends with a newline. */
  machineText(text: string): void;
}

/** The shape of every JSON document that a command prints. */
export const documentVersion = 1;

export function createTerminal(options: TerminalOptions): Terminal {
  const { stdout, stderr, environment, jsonLines = false } = options;
  const json = options.json ?? false;
  const inCi = environment.CI !== undefined && environment.CI !== '' && environment.CI !== 'false';
  const err = colours(wantsColour(stderr, environment, options.color));
  const out = json ? err : colours(wantsColour(stdout, environment, options.color));
  const result = json ? stderr : stdout;
  const form = json ? 'json' : (options.format ?? 'text');
  const machineText = (text: string): unknown =>
    stdout.write(form === 'github' ? printableLines(text) : printableJson(text));
  return {
    json,
    form,
    jsonLines,
    verbose: options.verbose ?? false,
    interactive: !json && !inCi && options.stdin.isTTY === true && stderr.isTTY === true,
    out,
    err,
    live: stderr.isTTY === true && !inCi && environment.TERM !== 'dumb',
    print: (line = '') => void result.write(`${shown(line, out.enabled, 'one')}\n`),
    printText: (text) => void result.write(shown(text, out.enabled, 'many')),
    say: (line = '') => void stderr.write(`${shown(line, err.enabled, 'one')}\n`),
    sayText: (text) => void stderr.write(shown(text, err.enabled, 'many')),
    prompt: (text) => void stderr.write(shown(text, err.enabled, 'one')),
    document(value) {
      if (form !== 'json') return;
      machineText(`${JSON.stringify({ version: documentVersion, ...value }, undefined, jsonLines ? undefined : 2)}\n`);
    },
    machineText: (text) => void machineText(text),
  };
}
