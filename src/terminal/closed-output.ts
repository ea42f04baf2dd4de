import type { EventEmitter } from 'node:events';

/** An error of an output stream: EPIPE when its reader closes the pipe, as `head -1` does. */
type OutputError = NodeJS.ErrnoException;

/**
 * Lets the program continue when its output is closed: further output is dropped, and the command still finishes its work.
 * `onFault` is called once, with any other write error, such as a full disk.
 */
export function survivesClosedOutput(
  streams: readonly Pick<EventEmitter, 'on'>[],
  onFault: (error: OutputError) => void,
): void {
  let isReported = false;
  for (const stream of streams) {
    stream.on('error', (error: OutputError) => {
      if (isClosedOutput(error) || isReported) return;
      isReported = true;
      onFault(error);
    });
  }
}

/** EPIPE; on Windows a closed pipe may also say EOF; ECONNRESET where the output is a socket. */
export function isClosedOutput({ code }: OutputError): boolean {
  return code === 'EPIPE' || code === 'EOF' || code === 'ECONNRESET' || code === 'ERR_STREAM_DESTROYED';
}
