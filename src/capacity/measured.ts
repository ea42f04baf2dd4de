/** A figure somebody measured, with its unit in its name's comment and where it comes from. */
export interface Measured {
  readonly value: number;
  readonly source: string;
}

const quick =
  'measured: 2,000 WebSockets of socket.io 4.8 on one process of Node 20.20, loopback, 2 cores of an Intel Xeon under Linux, no IIS';

/**
 * What a viewer costs a node process. The only place for such figures: a better measurement replaces them here and nowhere
 * else. iisnode and the worker process are not in them.
 */
export const measured = {
  /** Bytes of resident memory, per connected viewer. */
  memoryPerViewer: { value: 27_500, source: quick },
  /** Bytes of V8's heap, per connected viewer. */
  heapPerViewer: { value: 10_700, source: quick },
  /** Bytes of resident memory of a process without any viewer. */
  memoryPerProcess: { value: 57_000_000, source: quick },
  /** Microseconds of processor time, per message delivered to one viewer. */
  processorPerMessage: { value: 16.3, source: quick },
  /** Microseconds of processor time a second, per viewer that only answers pings. */
  processorPerIdleViewer: { value: 4.2, source: quick },
  /** Microseconds of processor time, per connection that is opened, handshake included. */
  processorPerConnection: { value: 522, source: quick },
} as const satisfies Readonly<Record<string, Measured>>;
