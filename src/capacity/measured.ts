/** A measured value with its source; its unit is in the comment of its name. */
export interface Measured {
  readonly value: number;
  readonly source: string;
}

const bench =
  'measured (npm run bench -- capacity): 5,000 WebSockets of socket.io 4.8 on one process of Node 20.20, loopback, 2 cores of an AMD EPYC under Linux, no IIS';

/**
 * The cost of a viewer in a node process. All measured values are here: a better measurement replaces them only in this file.
 * iisnode and the worker process are not included.
 */
export const measured = {
  /** Bytes of resident memory, per connected viewer. */
  memoryPerViewer: { value: 18_400, source: bench },
  /** Bytes of V8's heap, per connected viewer. */
  heapPerViewer: { value: 11_700, source: bench },
  /** Bytes of resident memory of a process without any viewer. */
  memoryPerProcess: { value: 57_400_000, source: bench },
  /** Microseconds of processor time, per message delivered to one viewer, when one message goes to many. */
  processorPerMessage: { value: 19, source: bench },
  /** Microseconds of processor time a second, per viewer that only answers pings. */
  processorPerIdleViewer: { value: 6.2, source: bench },
  /** Microseconds of processor time, per connection that is opened, handshake included. */
  processorPerConnection: { value: 557, source: bench },
} as const satisfies Readonly<Record<string, Measured>>;
