import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fileLimits, readIfThereSync } from '../../files/index.js';

/** What the observer (observer.cjs) wrote down in the processes of the app. */
export interface Observations {
  /** Where servers listen, in order. */
  readonly listens: readonly Listen[];
  /** Hosts outside of this machine that it would have connected to, `db.example.com:5432`. */
  readonly refused: readonly string[];
  /** Calls of process.exit. */
  readonly exits: readonly ExitCall[];
  /** The use of its event loop at the end, 0 to 1; undefined while its code has not returned to the loop. */
  readonly busy: number | undefined;
}

export interface Listen {
  readonly port?: number;
  readonly host?: string;
  /** A pipe or socket. */
  readonly path?: string;
  /** The app is started by the loader. */
  readonly hasLoader?: boolean;
  /** The port is the one that HttpPlatformHandler gives, or the number that the loader has put in PORT; the pipe is the one of iisnode. */
  readonly isGiven?: boolean;
  /** In a child process or a thread. */
  readonly isAside?: boolean;
}

/** A call of process.exit, with the place in the app that called it. */
export interface ExitCall {
  readonly pid: number;
  readonly at: { readonly file: string; readonly line: number; readonly column: number } | undefined;
}

/** How many of the last samples of the event loop count. */
const lastPulses = 8;

/** The environment for an app on trial: node loads the observer, which writes into `file`. */
export function observed(
  environment: Readonly<Record<string, string | undefined>>,
  file: string,
): Record<string, string | undefined> {
  // In NODE_OPTIONS a word may stand in double quotes, in which a backslash escapes (node, cli.md).
  const load = `--require ${JSON.stringify(observerFile())}`;
  const { NODE_OPTIONS: own } = environment;
  return { ...environment, NODE_OPTIONS: own ? `${own} ${load}` : load, IISNODE_SOCK_TRIAL: file };
}

/** Reads what the observer wrote. Lines that are not whole are left out. */
export function readObservations(file: string): Observations {
  const listens: Listen[] = [];
  const refused = new Set<string>();
  const exits: ExitCall[] = [];
  const pulses: number[] = [];
  for (const seen of linesOf(file)) {
    const { port, host, path: pipe, hasLoader = false, isGiven = false, isAside = false } = seen;
    if (seen.kind === 'listen') {
      listens.push({
        ...(port !== undefined && { port }),
        ...(host !== undefined && { host }),
        ...(pipe !== undefined && { path: pipe }),
        ...(hasLoader && { hasLoader, isAside }),
        ...((hasLoader || isGiven) && { isGiven }),
      });
    } else if (seen.kind === 'refused') refused.add(port === undefined ? `${host}` : `${host}:${port}`);
    else if (seen.kind === 'exit') exits.push({ pid: seen.pid, at: callerIn(seen.stack ?? '') });
    else if (seen.kind === 'pulse') pulses.push(seen.busy ?? 1);
  }
  const last = pulses.slice(-lastPulses);
  const busy = last.length === 0 ? undefined : last.reduce((sum, each) => sum + each, 0) / last.length;
  return { listens, refused: [...refused], exits, busy };
}

/** A line of the observer. */
interface Seen extends Listen {
  readonly kind: string;
  readonly pid: number;
  readonly stack?: string;
  readonly busy?: number;
}

function linesOf(file: string): readonly Seen[] {
  const text = readIfThereSync(file, fileLimits.config)?.toString() ?? '';
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as Seen];
    } catch {
      return [];
    }
  });
}

/** The first frame in the app's own code, else the first in a package. */
function callerIn(stack: string): ExitCall['at'] {
  const places = stack.split('\n').flatMap((line) => {
    const [, file = '', row, column] =
      /^\s+at (?:.*\()?((?:file:\/\/\/?|[A-Za-z]:[\\/]|\/)[^()]*):(\d+):(\d+)\)?$/.exec(line) ?? [];
    if (file === '' || /[\\/](trial-)?observer\.cjs$|[\\/]interceptor\.c?js$/.test(file)) return [];
    const known = file.startsWith('file:') ? pathOf(file) : file;
    return known === undefined ? [] : [{ file: known, line: Number(row), column: Number(column) }];
  });
  return places.find(({ file }) => !/[\\/]node_modules[\\/]/.test(file)) ?? places[0];
}

/** undefined for a URL of another machine: `//# sourceURL=file://host/x.js`. */
function pathOf(url: string): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}

let found: string | undefined;

/** Beside this file in the sources; in dist/ when bundled, also for a chunk in a subfolder. */
function observerFile(): string {
  if (found === undefined) {
    const candidates = ['./observer.cjs', './trial-observer.cjs', '../trial-observer.cjs'].map((name) =>
      fileURLToPath(new URL(name, import.meta.url)),
    );
    found = candidates.find((file) => existsSync(file));
    if (found === undefined) throw new Error(`the observer is not in the package: ${candidates.join(', ')}`);
  }
  return found;
}
