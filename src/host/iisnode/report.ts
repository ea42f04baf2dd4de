import path from 'node:path';
import type { HostEvent } from '../types.js';
import { type BridgeError, win32 } from './failures.js';
import type { NodeProcess } from './node-process.js';
import type { IisnodeRequest } from './types.js';
import type { Worker } from './worker.js';

/** Says a failed request to the person, in one line; what was said already (PROCESS_EXITED) is not said again. */
export function reportFailure(
  worker: Worker,
  error: BridgeError,
  request: IisnodeRequest,
  process: NodeProcess | undefined,
): void {
  const { status, subStatus } = error.failure;
  const code = `${status}.${subStatus}`;
  const asked = `${request.incoming.method ?? 'GET'} ${request.url}`;
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
    default:
      worker.event(event('REQUEST_FAILED', `${asked}: ${error.message} (${code}).`));
  }
}

function neverListened(request: IisnodeRequest, process: NodeProcess | undefined, code: string): string {
  const { maxNamedPipeConnectionRetry: retries, namedPipeConnectionRetryDelay: delay } = request.settings.values;
  const seconds = Math.round((retries * delay) / 100) / 10;
  const who = `${path.basename(request.script)}${process === undefined ? '' : ` (node process ${process.pid})`}`;
  return `${who} runs but did not listen on process.env.PORT within ${seconds} s (${code}): call server.listen(process.env.PORT), which is the name of a pipe, not a number.`;
}
