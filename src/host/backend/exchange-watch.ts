/** Informed of a request while a process answers it. */
export interface ExchangeWatch {
  passedTo(pid: number): void;
  /** An upgrade was accepted; returns what is given the bytes of both directions, as the client sees them. */
  opened(): { received(bytes: Buffer): void; sent(bytes: Buffer): void };
}
