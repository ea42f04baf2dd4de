import type { Readable } from 'node:stream';
import { connect } from './connect.js';
import { BridgeError, win32 } from './failures.js';
import type { NodeProcess } from './node-process.js';
import type { PipeConnection } from './pipe-connection.js';
import { sendRequestBody } from './request-body.js';
import { serializeRequestHead } from './request-head.js';
import { type ResponseHead, readResponseHead } from './response-head.js';
import type { IisnodeRequest } from './types.js';

/** A request sent and the head of its response read; the body is still on the connection. */
export interface Answered {
  readonly connection: PipeConnection;
  readonly head: ResponseHead;
  readonly retries: number;
  /** performance.now() when the request's head was sent. */
  readonly since: number;
}

/**
 * Sends the request to the process and reads the head of the answer. When the head cannot be sent on a pooled
 * connection a new one is opened; once it was sent nothing is replayed (iisnode 0.2.27, cprotocolbridge.cpp).
 * `onConnection` hears of the connection as soon as there is one. Throws BridgeError; the connection is closed then.
 */
export async function ask(
  request: IisnodeRequest,
  process: NodeProcess,
  body: Readable,
  onConnection: (connection: PipeConnection) => void,
): Promise<Answered> {
  const settings = request.settings.values;
  const requestHead = serializeRequestHead(request, request.incoming.socket.remoteAddress);
  let { connection, pooled, retries } = await connect(process, settings);
  onConnection(connection);
  const since = performance.now();
  if (!(await sent(connection, requestHead.bytes, pooled))) {
    connection.close();
    ({ connection, pooled, retries } = await connect(process, settings, 1));
    onConnection(connection);
    await sent(connection, requestHead.bytes, false);
  }
  try {
    if (requestHead.framing !== 'none') await sendRequestBody(body, connection, requestHead.framing);
    const method = request.incoming.method ?? 'GET';
    const head = await readResponseHead(connection, method, settings.maxRequestBufferSize);
    return { connection, head, retries, since };
  } catch (error) {
    connection.close();
    throw pooled ? staleHint(error, settings.maxNamedPipePooledConnectionAge) : error;
  }
}

/** The keep-alive race in plain words (https://github.com/Azure/iisnode/issues/57). */
function staleHint(error: unknown, age: number): unknown {
  if (!(error instanceof BridgeError) || error.failure.win32 !== win32.brokenPipe) return error;
  if (error.kind !== 'statusLine' && error.kind !== 'readRefused') return error;
  const detail = `node closed a connection kept open from an earlier request; unless the process ended, let server.keepAliveTimeout exceed maxNamedPipePooledConnectionAge (${age} ms)`;
  return new BridgeError(error.kind, error.failure.win32, { detail, cause: error });
}

/** False when a pooled connection turned out to be closed; throws 500.1006 for a new one. */
async function sent(connection: PipeConnection, bytes: Buffer, pooled: boolean): Promise<boolean> {
  if (pooled && connection.ended) return false;
  try {
    await connection.send(bytes);
    return true;
  } catch (cause) {
    if (pooled) return false;
    connection.close();
    throw new BridgeError('headBroken', win32.brokenPipe, { cause });
  }
}
