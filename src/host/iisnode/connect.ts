import { debugLog } from '../../debug-log.js';
import type { IisnodeSettings } from '../../webconfig/index.js';
import { ClientGone, type ClientWatch } from '../backend/client-watch.js';
import { BridgeError, win32 } from './failures.js';
import type { NodeProcess } from './node-process.js';
import type { PipeConnection } from './pipe-connection.js';

const debug = debugLog('pipe');

export interface Connected {
  readonly connection: PipeConnection;
  readonly pooled: boolean;
  /** Number of attempts after the first. */
  readonly retries: number;
}

/**
 * A connection to the process: a pooled one on the first attempt, else a new one, tried again every
 * namedPipeConnectionRetryDelay until maxNamedPipeConnectionRetry is used up (iisnode 0.2.27, cprotocolbridge.cpp
 * CreateNamedPipeConnection). Throws BridgeError 500.1001, 500.1002 or 503.1003, and ClientGone when the client disconnects.
 * `first` is 0, or 1 after a stale pooled connection.
 */
export function connect(
  process: NodeProcess,
  settings: IisnodeSettings,
  client: ClientWatch,
  first = 0,
): Connected | Promise<Connected> {
  const pooled = first === 0 ? process.pool.take() : undefined;
  if (pooled === undefined) return connectAnew(process, settings, client, first);
  debug('pid %d: a pooled connection', process.pid);
  return { connection: pooled, pooled: true, retries: 0 };
}

async function connectAnew(
  process: NodeProcess,
  settings: IisnodeSettings,
  client: ClientWatch,
  first: number,
): Promise<Connected> {
  const { maxNamedPipeConnectionRetry: most, namedPipeConnectionRetryDelay: delay } = settings;
  for (let attempt = first; ; attempt++) {
    try {
      const connection = await process.connect();
      debug('pid %d, attempt %d: a new connection', process.pid, attempt + 1);
      return { connection, pooled: false, retries: attempt };
    } catch (cause) {
      debug('pid %d, attempt %d: %s', process.pid, attempt + 1, cause);
      const busy = isBusy(cause);
      if (attempt >= most && busy) throw new BridgeError('pipeBusy', win32.pipeBusy, { cause });
      if (attempt >= most) throw new BridgeError('neverListened', win32.fileNotFound, { cause });
      if (process.exited) throw new BridgeError('exitedBeforeConnection', win32.fileNotFound, { cause });
      await process.wait(delay, client);
      if (client.gone) throw new ClientGone('the client has disconnected');
    }
  }
}

/** ERROR_PIPE_BUSY on Windows; a full accept queue of a Unix socket is EAGAIN. */
function isBusy(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'EBUSY' || code === 'EAGAIN';
}
