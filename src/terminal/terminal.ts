import { type Colours, colours, wantsColour } from './colours.js';

/** What a stream must offer; process.stdout and process.stderr do, and so do test recorders. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export interface TerminalOptions {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin: { readonly isTTY?: boolean | undefined };
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** `--no-color` gives false. */
  readonly color?: boolean | undefined;
  readonly json?: boolean | undefined;
  readonly verbose?: boolean | undefined;
}

/** Where a command's words go: stdout is the result, stderr is the talk. */
export interface Terminal {
  readonly json: boolean;
  readonly verbose: boolean;
  /** May we ask? Only on a terminal, outside CI, without --json. */
  readonly interactive: boolean;
  /** Palette of the result. */
  readonly out: Colours;
  /** Palette of the talk. */
  readonly err: Colours;
  /** stderr is a terminal that can redraw a line. */
  readonly live: boolean;
  readonly stderr: Output;
  /** A line of the result; nothing with --json, where the one document is the result. */
  print(line?: string): void;
  /** A line of the talk. */
  say(line?: string): void;
  /** The one JSON document; only with --json. */
  document(value: unknown): void;
}

export function createTerminal(options: TerminalOptions): Terminal {
  const { stdout, stderr, environment } = options;
  const json = options.json ?? false;
  const inCi = environment.CI !== undefined && environment.CI !== '' && environment.CI !== 'false';
  return {
    json,
    verbose: options.verbose ?? false,
    interactive: !json && !inCi && options.stdin.isTTY === true && stderr.isTTY === true,
    out: colours(wantsColour(stdout, environment, options.color)),
    err: colours(wantsColour(stderr, environment, options.color)),
    live: stderr.isTTY === true && !inCi && environment.TERM !== 'dumb',
    stderr,
    print(line = '') {
      (json ? stderr : stdout).write(`${line}\n`);
    },
    say(line = '') {
      stderr.write(`${line}\n`);
    },
    document(value) {
      if (json) stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
    },
  };
}
