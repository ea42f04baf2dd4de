import type { EventEmitter } from 'node:events';

/** What went wrong with an output stream: EPIPE when its reader went away, as `head -1` does. */
type OutputError = NodeJS.ErrnoException;

/**
 * Lets the program go on when nobody reads its output any more: what it writes then goes nowhere, and its work still comes to its
 * end. `onFault` hears of everything else that keeps output from being written, such as a full disk; once.
 */
export function survivesClosedOutput(
  streams: readonly Pick<EventEmitter, 'on'>[],
  onFault: (error: OutputError) => void,
): void {
  let told = false;
  for (const stream of streams) {
    stream.on('error', (error: OutputError) => {
      if (isClosedOutput(error) || told) return;
      told = true;
      onFault(error);
    });
  }
}

/** EPIPE; on Windows a closed pipe may also say EOF; ECONNRESET where the output is a socket. */
export function isClosedOutput({ code }: OutputError): boolean {
  return code === 'EPIPE' || code === 'EOF' || code === 'ECONNRESET' || code === 'ERR_STREAM_DESTROYED';
}
