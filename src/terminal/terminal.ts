import { printable, printableJson, printableLines } from '../printable.js';
import { type Colours, colours, shown, wantsColour } from './colours.js';
import { fitting } from './fitting.js';

/** The interface of an output stream, for process.stdout, process.stderr and the recorders of tests. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

/** The format of stdout: human-readable text, or one machine-readable document; github: lines for GitHub Actions. */
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
  /** Each JSON document is printed on one line. */
  readonly jsonLines?: boolean | undefined;
  readonly verbose?: boolean | undefined;
}

/**
 * The only code that writes to stdout and stderr: stdout is for the result, stderr for messages. Text never controls the terminal
 * (see printable.ts); only the palettes' colours do.
 */
export interface Terminal {
  readonly json: boolean;
  /** The format of a failure on stdout. */
  readonly form: OutputForm;
  /** Each JSON document is printed on one line. */
  readonly jsonLines: boolean;
  readonly verbose: boolean;
  /** The environment is that of a CI system: nothing is opened or asked. */
  readonly inCi: boolean;
  /** Whether questions are allowed: only on a terminal, outside CI, without --json. */
  readonly interactive: boolean;
  /** Palette of stdout. */
  readonly out: Colours;
  /** Palette of stderr. */
  readonly err: Colours;
  /** Columns of the result: those of the terminal, or 80 where it goes to a file or a pipe. */
  readonly width: number;
  /** The same where a terminal shows the result; undefined where it goes to a file or a pipe, whose readers want whole lines. */
  readonly columns: number | undefined;
  /** stderr is a terminal that can redraw a line. */
  readonly live: boolean;
  /** Prints a line of the result; with --json on stderr, because stdout then has only the document; with another --format nowhere. */
  print(line?: string): void;
  /** Several lines of the result, each with its line end; where `print` has its line. */
  printText(text: string): void;
  /** Shows lines of the result: on a terminal in place of what it showed, from its top, as many as it has room for; else after an empty line. */
  screen(lines: readonly string[]): void;
  /** Prints a message on stderr. */
  say(line?: string): void;
  /** Several lines for stderr, each with its line end. */
  sayText(text: string): void;
  /** A message on stderr without a line end: the user types the answer after it. */
  prompt(text: string): void;
  /**
   * A line about what is under way, which goes away with the next output or with the next such line; without text it only goes away. Shown where
   * a line can be redrawn, for readers of text.
   */
  passing(line?: string): void;
  /** A JSON document, with its format version; only with --json and --format json. */
  document(value: object): void;
  /** Machine-readable text for stdout: JSON, or lines for GitHub Actions; ends with a newline. */
  machineText(text: string): void;
}

/** The format version of every JSON document that a command prints. */
export const documentVersion = 1;

/** ECMA-48: CUP, EL, ED. What is there is overwritten: a screen that is cleared first flickers. */
const toTop = '\u001B[H';
const restOfLine = '\u001B[K';
const emptyLine = `\r${restOfLine}`;
const restOfScreen = '\u001B[J';

/** Narrower than this nothing can be laid out. */
const narrowest = 40;

const widthOf = ({ isTTY, columns = 0 }: Output): number =>
  isTTY === true && columns > 0 ? Math.max(narrowest, columns) : 80;

export function createTerminal(options: TerminalOptions): Terminal {
  const { stdout, stderr, environment, jsonLines = false } = options;
  const json = options.json ?? false;
  const inCi = environment.CI !== undefined && environment.CI !== '' && environment.CI !== 'false';
  const err = colours(wantsColour(stderr, environment, options.color));
  const out = json ? err : colours(wantsColour(stdout, environment, options.color));
  const result = json ? stderr : stdout;
  const form = json ? 'json' : (options.format ?? 'text');
  // With another --format stdout has the document alone.
  const isText = json || form === 'text';
  const live = stderr.isTTY === true && !inCi && environment.TERM !== 'dumb';
  const passing = passingLine(stderr, err);
  /** To either stream: both may be the same terminal. */
  const write = (to: Output, text: string): void => {
    passing();
    to.write(text);
  };
  const machineText = (text: string): void =>
    write(stdout, form === 'github' ? printableLines(text) : printableJson(text));
  return {
    json,
    form,
    jsonLines,
    verbose: options.verbose ?? false,
    inCi,
    // Read when it is asked for: to open stdin takes node 4 ms, and most commands ask nothing.
    get interactive() {
      return !json && !inCi && stderr.isTTY === true && options.stdin.isTTY === true;
    },
    out,
    err,
    width: widthOf(result),
    columns: result.isTTY === true ? widthOf(result) : undefined,
    live,
    print: (line = '') => void (isText && write(result, `${shown(line, out.enabled, 'one')}\n`)),
    printText: (text) => void (isText && write(result, shown(text, out.enabled, 'many'))),
    screen(lines) {
      if (!isText) return;
      const isDrawn = result.isTTY === true && environment.TERM !== 'dumb';
      const safe = lines.map((line) => shown(line, out.enabled, 'one'));
      const { rows, columns } = result;
      const drawn = isDrawn && rows && columns ? fitting(safe, rows, columns) : safe;
      const text = drawn.map((line) => `${line}${isDrawn ? restOfLine : ''}\n`).join('');
      write(result, isDrawn ? `${toTop}${text}${restOfScreen}` : `${text}\n`);
    },
    say: (line = '') => write(stderr, `${shown(line, err.enabled, 'one')}\n`),
    sayText: (text) => write(stderr, shown(text, err.enabled, 'many')),
    prompt: (text) => write(stderr, shown(text, err.enabled, 'one')),
    passing: (line) => passing(live && err.enabled && form === 'text' ? line : undefined),
    document(value) {
      if (form !== 'json') return;
      machineText(`${JSON.stringify({ version: documentVersion, ...value }, undefined, jsonLines ? undefined : 2)}\n`);
    },
    machineText,
  };
}

/** Draws a line in place of the last one; without text it removes that. */
function passingLine(stderr: Output, { dim }: Colours): (line?: string) => void {
  let isShown = false;
  return (line) => {
    const removed = isShown ? emptyLine : '';
    isShown = line !== undefined;
    // A line that is wrapped could not be removed.
    const cut = Array.from(printable(line ?? '')).slice(0, widthOf(stderr) - 1);
    const text = removed + (line === undefined ? '' : shown(dim(cut.join('')), true, 'one'));
    if (text !== '') stderr.write(text);
  };
}
