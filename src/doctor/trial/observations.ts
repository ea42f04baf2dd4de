import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fileLimits, readIfThereSync } from '../../files/index.js';
import { isOfPackage, ownFrame } from './own-frame.js';
import type { FramePlace } from './source-map.js';

/** What the observer (observer.cjs) wrote down in the processes of the app. */
export interface Observations {
  /** Where servers listen, in order. */
  readonly listens: readonly Listen[];
  /** Calls of listen that failed. */
  readonly failed: readonly FailedListen[];
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
  /** What process.env.PORT was then, where the app had changed it. */
  readonly replaced?: string;
  /** Where the app's own code calls listen, or the package that does it for the app; unknown where only packages are in the stack. */
  readonly at?: FramePlace;
}

/** A call of listen that failed. */
export interface FailedListen {
  /** 'EADDRINUSE' */
  readonly code: string;
  readonly at: FramePlace;
}

/** A call of process.exit, with the place in the app that called it. */
export interface ExitCall {
  readonly pid: number;
  readonly at: FramePlace | undefined;
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
  const failed: FailedListen[] = [];
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
        ...(seen.replaced !== undefined && { replaced: seen.replaced }),
        ...placeOf(seen),
      });
    } else if (seen.kind === 'listen-failed') {
      const { at } = placeOf(seen);
      if (at !== undefined) failed.push({ code: seen.code ?? '', at });
    } else if (seen.kind === 'refused') refused.add(port === undefined ? `${host}` : `${host}:${port}`);
    else if (seen.kind === 'exit') exits.push({ pid: seen.pid, at: ownFrame(seen.stack ?? '') });
    else if (seen.kind === 'pulse') pulses.push(seen.busy ?? 1);
  }
  const last = pulses.slice(-lastPulses);
  const busy = last.length === 0 ? undefined : last.reduce((sum, each) => sum + each, 0) / last.length;
  return { listens, failed, refused: [...refused], exits, busy };
}

/** A line of the observer. */
interface Seen extends Omit<Listen, 'at'> {
  readonly kind: string;
  readonly pid: number;
  readonly stack?: string;
  readonly code?: string;
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

/** Where the app's own code called; a line of a package says nothing to who wrote the app. */
function placeOf({ stack = '' }: Seen): { readonly at?: FramePlace } {
  const at = ownFrame(stack);
  return at === undefined || isOfPackage(at.file) ? {} : { at };
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
