import path from 'node:path';
import type { HostEvent } from '../types.js';
import { type BridgeError, win32 } from './failures.js';
import type { NodeProcess } from './node-process.js';
import type { IisnodeRequest } from './types.js';
import type { Worker } from './worker.js';

/** Reports a failed request in one line, unless it was already reported (PROCESS_EXITED). */
export function reportFailure(
  worker: Worker,
  error: BridgeError,
  request: IisnodeRequest,
  process: NodeProcess | undefined,
): void {
  const { status, subStatus } = error.failure;
  const code = `${status}.${subStatus}`;
  // As the client wrote it: a rule may have led every URL to the script.
  const asked = `${request.incoming.method ?? 'GET'} ${request.incoming.url ?? request.url}`;
  const event = (name: string, message: string, level: HostEvent['level'] = 'error'): HostEvent => ({
    level,
    code: name,
    message,
    file: request.script,
  });
  switch (error.kind) {
    case 'exitedBeforeConnection':
      return;
    case 'notFound':
      worker.event(event('SCRIPT_MISSING', `${asked}: ${error.message} (${code}).`));
      return;
    case 'neverListened':
      worker.event(event('NEVER_LISTENED', neverListened(request, process, code)));
      return;
    case 'tooManyRequests':
      worker.noteOnce(event('TOO_MANY_REQUESTS', `${error.message}; further ones get ${code}.`, 'warning'));
      return;
    case 'beforeDispatch':
    case 'refillFailed': {
      const name = error.failure.win32 === win32.unableToStartNode ? 'NODE_NOT_FOUND' : 'START_FAILED';
      worker.event(event(name, `${asked}: ${error.message} (${code}).`));
      return;
    }
    default: {
      const failed = event('REQUEST_FAILED', `${asked}: ${error.message} (${code}).`);
      if (process === undefined || error.failure.win32 !== win32.brokenPipe) worker.event(failed);
      else reportUnlessExited(process, `${asked} (${code})`, () => worker.event(failed));
    }
  }
}

/** Reports once that an informational answer was dropped, which iisnode itself treats as the answer. */
export function reportInterim(worker: Worker, status: number, request: IisnodeRequest): void {
  const script = path.basename(request.script);
  worker.noteOnce({
    level: 'warning',
    code: 'INTERIM_ANSWER',
    message: `${script} sends an informational answer (${status}) before its answer. It is dropped here; iisnode treats it as the answer, and its client waits forever. Remove writeEarlyHints, writeProcessing and writeContinue.`,
    file: request.script,
  });
}

/** How long after its pipe broke a node process may take to end, in ms: on a busy machine hundreds. */
const endOfProcess = 1_000;

/** The pipe of a process that crashes breaks first; PROCESS_EXITED then reports everything in one line. */
function reportUnlessExited(process: NodeProcess, asked: string, say: () => void): void {
  process.cutOff.push(asked);
  setTimeout(() => {
    if (process.exited) return;
    process.cutOff.length = 0;
    say();
  }, endOfProcess).unref();
}

function neverListened(request: IisnodeRequest, process: NodeProcess | undefined, code: string): string {
  const { maxNamedPipeConnectionRetry: retries, namedPipeConnectionRetryDelay: delay } = request.settings.values;
  const seconds = Math.round((retries * delay) / 100) / 10;
  const who = `${path.basename(request.script)}${process === undefined ? '' : ` (node process ${process.pid})`}`;
  return `${who} runs but did not listen on process.env.PORT within ${seconds} s (${code}): call server.listen(process.env.PORT), which is the name of a pipe, not a number.`;
}
