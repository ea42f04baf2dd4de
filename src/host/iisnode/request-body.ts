import type { Readable } from 'node:stream';
import { BridgeError, win32 } from './failures.js';
import type { PipeConnection } from './pipe-connection.js';
import type { RequestFraming } from './request-head.js';

const crlf = Buffer.from('\r\n');
const lastChunk = Buffer.from('0\r\n\r\n');

/**
 * Sends the whole body before the response is read: iisnode is half duplex (iisnode 0.2.27, cprotocolbridge.cpp
 * ReadRequestBody). Chunked bodies are chunked anew, a piece as it arrives becomes a chunk. Resolves early when node
 * closed its end but has already answered. Throws BridgeError 500.1008, 500.1010.
 */
export function sendRequestBody(body: Readable, connection: PipeConnection, framing: RequestFraming): Promise<void> {
  if (framing === 'none') return Promise.resolve();
  const chunked = framing === 'chunked';
  return new Promise((resolve, reject) => {
    let done = false;
    const settle = (error?: BridgeError): void => {
      if (done) return;
      done = true;
      body.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
      // What node did not want to have is read and dropped, so that the client can get its answer.
      body.on('error', () => undefined).resume();
      if (error === undefined) resolve();
      else reject(error);
    };
    const refused = (cause: unknown): void => {
      settle(connection.buffered > 0 ? undefined : new BridgeError('bodyBroken', win32.brokenPipe, { cause }));
    };
    const send = (bytes: Buffer, then: () => void): void => {
      connection.send(bytes).then(then, refused);
    };
    function onData(piece: Buffer): void {
      body.pause();
      send(chunked ? chunk(piece) : piece, () => {
        if (!done) body.resume();
      });
    }
    function onEnd(): void {
      body.off('close', onGone);
      if (chunked) send(lastChunk, () => settle());
      else settle();
    }
    /** The client went away: a chunked upload just ends for node (iisnode 0.2.27, ReadRequestBodyCompleted). */
    function onGone(cause?: unknown): void {
      body.off('close', onGone);
      if (chunked) send(lastChunk, () => settle());
      else settle(new BridgeError('bodyUnreadable', win32.noData, { cause }));
    }
    body.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
    // Gone while node was starting: no event will tell.
    if (body.closed && !body.readableEnded) onGone();
  });
}

function chunk(piece: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, crlf]);
}
