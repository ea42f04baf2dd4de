import net from 'node:net';

const CR = 0x0d;
const LF = 0x0a;
const nothing = Buffer.alloc(0);
const headEnd = Buffer.from('\r\n\r\n');
/** A CR without its LF, or an LF without its CR. */
const halfLineEnd = /\r(?!\n)|(?<!\r)\n/;
const ignore = (): void => undefined;
/** How many bytes are read ahead before reading pauses. */
const readAhead = 256 * 1024;

/** Thrown by reads when the pipe ended or broke. */
export class PipeClosed extends Error {
  override readonly name = 'PipeClosed';
}

/** Thrown when a line is longer than the reader allows. */
export class LineTooLong extends Error {
  override readonly name = 'LineTooLong';
}

/** Thrown when bytes cannot become the expected line: an LF without its CR, a CR without its LF, a wrong beginning. */
export class MalformedLine extends Error {
  override readonly name = 'MalformedLine';
}

/** How long node may take to accept the last bytes of a connection that is being closed, in ms. */
const lastBytesTime = 1000;

/** One connection to a node process: it carries one exchange at a time. */
export class PipeConnection {
  readonly socket: net.Socket;
  #buffer: Buffer = nothing;
  #ended = false;
  #cause: Error | undefined;
  #wake: (() => void) | undefined;
  #resting = false;
  #finishing = false;

  constructor(socket: net.Socket) {
    this.socket = socket;
    socket.on('data', (piece: Buffer) => {
      if (this.#resting) {
        this.#drop();
        return;
      }
      this.#buffer = this.#buffer.length === 0 ? piece : Buffer.concat([this.#buffer, piece]);
      if (this.#buffer.length > readAhead) socket.pause();
      this.#notify();
    });
    socket.on('end', () => {
      this.#end();
      if (this.#resting) this.#drop();
    });
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

  /** Undefined when the bytes were accepted at once, which is usual; else resolves then, and rejects when the pipe refused them. */
  send(bytes: Buffer): Promise<void> | undefined {
    let settle: ((error: Error | null | undefined) => void) | undefined;
    const { socket } = this;
    socket.write(bytes, (error) => settle?.(error));
    if (socket.writableLength === 0 && socket.writable) return undefined;
    return new Promise((resolve, reject) => {
      settle = (error) => (error ? reject(error) : resolve());
    });
  }

  /** A complete head of at most `limit` bytes, up to its last line end (Latin-1); undefined when it is longer, or has not arrived completely. */
  tryHead(limit: number): string | undefined {
    const end = this.#buffer.indexOf(headEnd);
    if (end < 0 || end > limit) return undefined;
    const text = this.#buffer.toString('latin1', 0, end + 2);
    if (halfLineEnd.test(text)) return undefined; // `tryLine` says which line it is
    this.#skip(end + headEnd.length);
    return text;
  }

  /**
   * The next line without its CRLF (Latin-1), or undefined when it has not arrived completely. Throws LineTooLong, and MalformedLine
   * as soon as the bytes cannot become a line.
   */
  tryLine(limit: number): string | undefined {
    const at = this.#buffer.indexOf(CR);
    const feed = this.#buffer.indexOf(LF);
    const whole = at >= 0 && feed === at + 1;
    if (!whole && feed >= 0 && (at < 0 || feed < at)) throw new MalformedLine('a line ends in LF without CR');
    if (!whole && at >= 0 && at + 1 < this.#buffer.length) throw new MalformedLine('a CR stands alone in a line');
    const length = whole ? at : this.#buffer.length - (at < 0 ? 0 : 1);
    if (length > limit) throw new LineTooLong(`a line exceeds ${limit} bytes`);
    if (!whole) return undefined;
    const line = this.#buffer.toString('latin1', 0, at);
    this.#skip(at + 2);
    return line;
  }

  /**
   * Waits for the next line. Throws LineTooLong, PipeClosed, MalformedLine; the last one also as soon as the line cannot begin
   * with `start` any more.
   */
  async line(limit: number, start = ''): Promise<string> {
    for (;;) {
      const line = this.tryLine(limit);
      if (line !== undefined) return line;
      const begun = this.#buffer.toString('latin1', 0, start.length);
      if (!start.startsWith(begun)) throw new MalformedLine(`a line does not begin with ${start}`);
      await this.more();
    }
  }

  /** Reads the CR LF that must come next; false when other bytes come. Throws PipeClosed. */
  async lineEnd(): Promise<boolean> {
    if (this.tryLineEnd()) return true;
    while (this.#buffer.length === 0 || (this.#buffer.length === 1 && this.#buffer[0] === CR)) await this.more();
    return this.tryLineEnd();
  }

  /** Reads the CR LF that comes next; false when it has not arrived, or when other bytes come. */
  tryLineEnd(): boolean {
    if (this.#buffer[0] !== CR || this.#buffer[1] !== LF) return false;
    this.#skip(2);
    return true;
  }

  /** Waits for bytes and returns at least one and at most `most`. Throws PipeClosed. */
  async piece(most: number): Promise<Buffer> {
    for (;;) {
      const piece = this.tryPiece(most);
      if (piece !== undefined) return piece;
      await this.more();
    }
  }

  /** At least one byte and at most `most`; undefined when none has arrived. */
  tryPiece(most: number): Buffer | undefined {
    if (this.#buffer.length === 0) return undefined;
    const piece = this.#buffer.length <= most ? this.#buffer : this.#buffer.subarray(0, most);
    this.#skip(piece.length);
    return piece;
  }

  /** Hands over the raw socket: this object no longer listens to it. Returns what was read ahead. */
  detach(): Buffer {
    for (const event of ['data', 'end', 'error', 'close']) this.socket.removeAllListeners(event);
    this.socket.on('error', ignore).pause();
    const rest = this.#buffer;
    this.#buffer = nothing;
    return rest;
  }

  /**
   * Marks it as idle until the next exchange. There is no request, so bytes that arrive belong to no client: they, or the end of
   * the connection, close it. It no longer keeps this process alive.
   */
  rest(): void {
    this.#resting = true;
    this.socket.unref();
    if (this.#ended || this.#buffer.length > 0) this.#drop();
  }

  /** Uses it again; `ended` says whether it was closed meanwhile. */
  wake(): void {
    this.#resting = false;
    this.socket.ref();
  }

  /** Sends these last bytes, if node reads them within a second, and closes. */
  finish(bytes: Buffer): void {
    this.#finishing = true;
    const timer = setTimeout(() => this.socket.destroy(), lastBytesTime);
    timer.unref();
    this.socket.once('close', () => clearTimeout(timer));
    this.socket.end(bytes, () => this.socket.destroy());
  }

  /** Closes immediately, unless it is sending its last bytes. */
  close(): void {
    if (!this.#finishing) this.socket.destroy();
  }

  #drop(): void {
    this.#buffer = nothing;
    this.#end();
    this.socket.destroy();
  }

  #skip(length: number): void {
    this.#buffer = length === this.#buffer.length ? nothing : this.#buffer.subarray(length);
    if (this.socket.isPaused() && this.#buffer.length <= readAhead) this.socket.resume();
  }

  /** Resolves when more bytes have arrived. Rejects with PipeClosed. */
  more(): Promise<void> {
    if (this.#ended) return Promise.reject(new PipeClosed('the named pipe was closed', { cause: this.#cause }));
    const before = this.#buffer.length;
    // A line longer than the read-ahead limit: continue reading, the caller's limit ends it.
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
