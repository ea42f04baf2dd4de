import path from 'node:path';
import type { HostEvent } from '../types.js';
import type { CrashReason } from './crash-reason.js';
import { installAdvice } from './install-advice.js';

/** How a process ended. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** False when we ended it. */
  readonly unexpected: boolean;
}

/** A process that has ended. */
export interface EndedProcess {
  readonly pid: number;
  /** Its entry point. */
  readonly script: string;
  readonly listening: boolean;
  /** Requests whose answer it broke off, as `GET /path (500.1013)`. */
  readonly cutOff: readonly string[];
}

/** Reports in one line that a node process ended unexpectedly, why, and where in the app. */
export function exitEventOf(process: EndedProcess, { code, signal }: ProcessExit, reason: CrashReason): HostEvent {
  const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
  const when = process.listening ? answering(process.cutOff) : ' before it listened on process.env.PORT';
  const { text, place, missingPackage } = reason;
  const idle = code === 0 && !process.listening;
  const why = text === '' && idle ? 'it does not listen; call server.listen(process.env.PORT)' : text;
  const next = missingPackage === undefined ? '' : `; ${installAdvice(missingPackage, path.dirname(process.script))}`;
  return {
    level: 'error',
    code: 'PROCESS_EXITED',
    message: `Node process ${process.pid} of ${path.basename(process.script)} ended ${how}${when}${why === '' ? '.' : `: ${why}${next}`}`,
    file: place?.file ?? process.script,
    ...(place?.line !== undefined && { line: place.line }),
    ended: {
      script: process.script,
      code,
      signal,
      listened: process.listening,
      cutOff: [...process.cutOff],
      text,
      missingPackage,
    },
  };
}

function answering([first, ...others]: readonly string[]): string {
  if (first === undefined) return '';
  return ` while it answered ${first}${others.length === 0 ? '' : ` and ${others.length} more`}`;
}
