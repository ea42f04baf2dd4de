import net from 'node:net';

const CRLF = '\r\n';
const nothing = Buffer.alloc(0);
/** Bytes read ahead before the pipe is left to push back. */
const readAhead = 256 * 1024;

/** Thrown by reads when the pipe ended or broke. */
export class PipeClosed extends Error {
  override readonly name = 'PipeClosed';
}

/** Thrown when a line is longer than the reader allows. */
export class LineTooLong extends Error {
  override readonly name = 'LineTooLong';
}

/** One connection to a node process: it carries one exchange at a time; bytes left unread stay for the next one. */
export class PipeConnection {
  readonly socket: net.Socket;
  #buffer: Buffer = nothing;
  #ended = false;
  #cause: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(socket: net.Socket) {
    this.socket = socket;
    socket.on('data', (piece: Buffer) => {
      this.#buffer = this.#buffer.length === 0 ? piece : Buffer.concat([this.#buffer, piece]);
      if (this.#buffer.length > readAhead) socket.pause();
      this.#notify();
    });
    socket.on('end', () => this.#end());
    socket.on('error', (error) => this.#end(error));
    socket.on('close', () => this.#end());
  }

  /** Connects to `pipe`; rejects with the system's error. */
  static open(pipe: string): Promise<PipeConnection> {
    return new Promise((resolve, reject) => {
      // Half open, so that node's end of an upgraded connection does not end ours (iisnode ends it when both are done).
      const socket = net.connect({ path: pipe, allowHalfOpen: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new PipeConnection(socket));
      });
    });
  }

  /** True when node closed its end or the pipe broke; buffered bytes may still be there. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Bytes that arrived and were not read. */
  get buffered(): number {
    return this.#buffer.length;
  }

  /** Resolves when the bytes are on their way; rejects when the pipe refused them. */
  send(bytes: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** The next line without its CRLF (Latin-1), or undefined when it has not arrived whole. Throws LineTooLong. */
  tryLine(limit: number): string | undefined {
    const at = this.#buffer.indexOf(CRLF);
    if (at > limit || (at < 0 && this.#buffer.length > limit)) throw new LineTooLong(`a line exceeds ${limit} bytes`);
    if (at < 0) return undefined;
    const line = this.#buffer.toString('latin1', 0, at);
    this.#skip(at + CRLF.length);
    return line;
  }

  /** Waits for the next line. Throws LineTooLong, PipeClosed. */
  async line(limit: number): Promise<string> {
    for (;;) {
      const line = this.tryLine(limit);
      if (line !== undefined) return line;
      await this.#more();
    }
  }

  /** Whatever has arrived, at most `most` bytes, at least one; waits for it. Throws PipeClosed. */
  async piece(most: number): Promise<Buffer> {
    while (this.#buffer.length === 0) await this.#more();
    const piece = this.#buffer.length <= most ? this.#buffer : this.#buffer.subarray(0, most);
    this.#skip(piece.length);
    return piece;
  }

  /** Gives the raw socket away: nothing here reads from it any more. Returns what was read ahead. */
  detach(): Buffer {
    this.socket.removeAllListeners('data').removeAllListeners('end').pause();
    const rest = this.#buffer;
    this.#buffer = nothing;
    return rest;
  }

  close(): void {
    this.socket.destroy();
  }

  #skip(length: number): void {
    this.#buffer = length === this.#buffer.length ? nothing : this.#buffer.subarray(length);
    if (this.socket.isPaused() && this.#buffer.length <= readAhead) this.socket.resume();
  }

  #more(): Promise<void> {
    if (this.#ended) return Promise.reject(new PipeClosed('the named pipe was closed', { cause: this.#cause }));
    const before = this.#buffer.length;
    // A line longer than what is read ahead: go on reading, the caller's limit ends it.
    if (this.socket.isPaused()) this.socket.resume();
    return new Promise((resolve, reject) => {
      this.#wake = () => {
        this.#wake = undefined;
        if (this.#buffer.length > before) resolve();
        else reject(new PipeClosed('the named pipe was closed', { cause: this.#cause }));
      };
    });
  }

  #end(cause?: Error): void {
    this.#ended = true;
    this.#cause ??= cause;
    this.#notify();
  }

  #notify(): void {
    this.#wake?.();
  }
}
