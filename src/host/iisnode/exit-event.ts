import path from 'node:path';
import { installAdvice } from '../backend/install-advice.js';
import type { HostEvent } from '../types.js';
import { exitReasonOf } from './logs.js';
import type { NodeProcess, ProcessExit } from './node-process.js';

/** Reports in one line that a node process ended unexpectedly, why, and where in the app. */
export function exitEvent(
  process: NodeProcess,
  { code, signal }: ProcessExit,
  environment: Readonly<Record<string, string | undefined>>,
): HostEvent {
  const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
  const when = process.listening ? answering(process.cutOff) : ' before it listened on process.env.PORT';
  const { text, place, missingPackage } = exitReasonOf(process, environment);
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
