import { BridgeError, win32 } from './failures.js';
import { PipeClosed, type PipeConnection } from './pipe-connection.js';
import { type ResponseFraming, readFailure } from './response-head.js';
import type { ResponseWriter } from './response-writer.js';

/** Limit of a chunk's size line with its extensions; in iisnode its buffer limits it. */
const longestChunkLine = 8192;
const largestPiece = 1024 * 1024;

/**
 * Copies the body to the writer without its framing; the writer's response frames it again, so that the client gets
 * what iisnode passes on verbatim. Undefined when the whole body is there already and was taken. Throws BridgeError 500.1015,
 * 500.1016.
 */
export function readResponseBody(
  connection: PipeConnection,
  framing: ResponseFraming,
  writer: ResponseWriter,
): Promise<void> | undefined {
  if (framing.kind === 'chunked') return readChunks(connection, writer);
  if (framing.kind === 'length') {
    const { length } = framing;
    if (length === 0 && connection.buffered > 0) throw new BridgeError('responseBody', win32.badFormat);
    if (length > connection.buffered || length > largestPiece) return readBytes(connection, length, writer);
    const whole = length === 0 ? undefined : connection.tryPiece(length);
    return whole && writer.write(whole, false);
  }
  return framing.kind === 'close' ? readToEnd(connection, framing, writer) : undefined;
}

async function readChunks(connection: PipeConnection, writer: ResponseWriter): Promise<void> {
  for (;;) {
    const next = lineOf(connection);
    const line = typeof next === 'string' ? next : await next;
    const size = /^([0-9a-f]{1,12})\s*(;.*)?$/i.exec(line)?.[1];
    if (size === undefined) throw new BridgeError('chunkHeader', win32.badFormat);
    const length = Number.parseInt(size, 16);
    if (length > 0) await readBytes(connection, length, writer, true);
    // Two bytes close a chunk, and the last one: trailers are not supported (iisnode 0.2.27, ParseChunkHeader).
    if (!connection.tryLineEnd() && !(await endsLine(connection)))
      throw new BridgeError('chunkHeader', win32.badFormat);
    if (length === 0) return;
  }
}

function lineOf(connection: PipeConnection): string | Promise<string> {
  try {
    return connection.tryLine(longestChunkLine) ?? lineLater(connection);
  } catch (cause) {
    throw readFailure(cause, 'chunkHeader');
  }
}

async function lineLater(connection: PipeConnection): Promise<string> {
  try {
    return await connection.line(longestChunkLine);
  } catch (cause) {
    throw readFailure(cause, 'chunkHeader');
  }
}

async function endsLine(connection: PipeConnection): Promise<boolean> {
  try {
    return await connection.lineEnd();
  } catch (cause) {
    throw readFailure(cause, 'chunkHeader');
  }
}

/** `flush`: each piece of a chunked body may be flushed to the client (flushResponse); the end is never flushed. */
async function readBytes(
  connection: PipeConnection,
  length: number,
  writer: ResponseWriter,
  flush = false,
): Promise<void> {
  for (let left = length; left > 0; ) {
    let piece: Buffer;
    try {
      const most = Math.min(left, largestPiece);
      piece = connection.tryPiece(most) ?? (await connection.piece(most));
    } catch (cause) {
      throw readFailure(cause, 'responseBody');
    }
    left -= piece.length;
    const wait = writer.write(piece, flush);
    if (wait !== undefined) await wait;
  }
}

/** Reads until node closes the pipe: a normal end, unless node declared a framing that requires more bytes. */
async function readToEnd(
  connection: PipeConnection,
  framing: Extract<ResponseFraming, { kind: 'close' }>,
  writer: ResponseWriter,
): Promise<void> {
  try {
    if (framing.length !== undefined) return await readBytes(connection, framing.length, writer);
    if (framing.chunked) return await readChunks(connection, writer);
  } catch (error) {
    // iisnode treats it as the end and passes the broken framing on: the client sees a truncated response.
    if (error instanceof BridgeError && error.failure.win32 === win32.brokenPipe) return writer.cutOff();
    throw error;
  }
  for (;;) {
    try {
      const wait = writer.write(await connection.piece(largestPiece), false);
      if (wait !== undefined) await wait;
    } catch (cause) {
      if (cause instanceof PipeClosed) return;
      throw cause;
    }
  }
}
