import type { Readable } from 'node:stream';
import type { ClientWatch } from '../backend/client-watch.js';
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
  /** Node has the whole request, sent nothing before it, and continues with HTTP: the connection may be used again. */
  readonly clean: boolean;
  /** performance.now() when the request's head was sent. */
  readonly since: number;
}

export interface Asking {
  readonly request: IisnodeRequest;
  readonly process: NodeProcess;
  readonly body: Readable;
  readonly client: ClientWatch;
  /** Called with the connection as soon as there is one. */
  onConnection(connection: PipeConnection): void;
}

/**
 * Sends the request to the process and reads the head of the answer. When the head cannot be sent on a pooled
 * connection a new one is opened; once it was sent nothing is sent again (iisnode 0.2.27, cprotocolbridge.cpp).
 * Throws BridgeError, ClientGone; then the connection is closed.
 */
export async function sendToNode({ request, process, body, client, onConnection }: Asking): Promise<Answered> {
  const settings = request.settings.values;
  const head = serializeRequestHead(request, request.incoming.socket.remoteAddress);
  const first = connect(process, settings, client);
  let { connection, pooled, retries } = first instanceof Promise ? await first : first;
  let early = false;
  const use = (): void => {
    early = connection.buffered > 0;
    onConnection(connection);
    client.whenGone(() => connection.close());
  };
  use();
  const since = performance.now();
  const wasSent = sent(connection, head.bytes, pooled);
  if (wasSent !== true && !(await wasSent)) {
    connection.close();
    ({ connection, pooled, retries } = await connect(process, settings, client, 1));
    use();
    await sent(connection, head.bytes, false);
  }
  try {
    let whole = head.framing === 'none';
    if (head.framing === 'length' || head.framing === 'chunked') {
      whole = await sendRequestBody(body, connection, { head, client });
      client.whenGone(() => connection.close());
    }
    const method = request.incoming.method ?? 'GET';
    const answer = await readResponseHead(connection, method, settings.maxRequestBufferSize);
    return { connection, head: answer, retries, since, clean: whole && !early && !head.upgrades };
  } catch (error) {
    connection.close();
    throw pooled ? staleHint(error, settings.maxNamedPipePooledConnectionAge) : error;
  }
}

/** Explains the keep-alive race (https://github.com/Azure/iisnode/issues/57). */
function staleHint(error: unknown, age: number): unknown {
  if (!(error instanceof BridgeError) || error.failure.win32 !== win32.brokenPipe) return error;
  if (error.kind !== 'statusLine' && error.kind !== 'readRefused') return error;
  const detail = `node closed a connection kept open from an earlier request; unless the process ended, set server.keepAliveTimeout higher than maxNamedPipePooledConnectionAge (${age} ms)`;
  return new BridgeError(error.kind, error.failure.win32, { detail, cause: error });
}

/** True when it was sent, false when a pooled connection was already closed; throws 500.1006 for a new one. */
function sent(connection: PipeConnection, bytes: Buffer, pooled: boolean): boolean | Promise<boolean> {
  if (pooled && connection.ended) return false;
  const sending = connection.send(bytes);
  return sending === undefined ? true : sentLater(sending, connection, pooled);
}

async function sentLater(sending: Promise<void>, connection: PipeConnection, pooled: boolean): Promise<boolean> {
  try {
    await sending;
    return true;
  } catch (cause) {
    if (pooled) return false;
    connection.close();
    throw new BridgeError('headBroken', win32.brokenPipe, { cause });
  }
}
