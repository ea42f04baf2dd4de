import net from 'node:net';

/** One answer as it stood on the wire, its framing taken off. */
export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** The whole answers at the start of a text, and what is left: a part of an answer, or bytes that are none. */
export function answersIn(text: string): { readonly answers: readonly RawAnswer[]; readonly rest: string } {
  const answers: RawAnswer[] = [];
  let rest = text;
  for (;;) {
    const answer = firstAnswer(rest);
    if (answer === undefined) return { answers, rest };
    answers.push(answer);
    rest = rest.slice(answer.length);
  }
}

function firstAnswer(text: string): (RawAnswer & { readonly length: number }) | undefined {
  const end = text.indexOf('\r\n\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1]);
  if (end < 0 || Number.isNaN(status)) return undefined;
  const head = text.slice(0, end + 2);
  const body = end + 4;
  if (status < 200 || status === 204 || status === 304) return { status, head, body: '', length: body };
  if (/\r\ntransfer-encoding: chunked\r\n/i.test(head)) return chunkedAnswer(text, { status, head }, body);
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(head)?.[1];
  const to = length === undefined ? text.length : body + Number(length);
  return to > text.length ? undefined : { status, head, body: text.slice(body, to), length: to };
}

function chunkedAnswer(text: string, answer: { status: number; head: string }, from: number) {
  let body = '';
  for (let position = from; ; ) {
    const line = /^([\da-f]+)\r\n/i.exec(text.slice(position, position + 20));
    if (line === null) return undefined;
    const size = Number.parseInt(line[1] ?? '', 16);
    const data = position + line[0].length;
    if (text.slice(data + size, data + size + 2) !== '\r\n') return undefined;
    body += text.slice(data, data + size);
    position = data + size + 2;
    if (size === 0) return { ...answer, body, length: position };
  }
}

/** A client that sends bytes as they are. */
export class RawClient {
  readonly socket: net.Socket;
  /** All that came so far, as latin1. */
  text = '';
  readonly closed: Promise<void>;
  #isOver = false;
  readonly #over: Promise<void>;

  private constructor(socket: net.Socket) {
    this.socket = socket;
    socket.setEncoding('latin1').on('data', (piece: string) => {
      this.text += piece;
    });
    socket.on('error', () => undefined); // a reset is an end too
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    this.#over = new Promise((resolve) => {
      const over = (): void => {
        this.#isOver = true;
        resolve();
      };
      socket.once('end', over).once('close', over);
    });
  }

  static async open(port: number): Promise<RawClient> {
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    const client = new RawClient(socket);
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return client;
  }

  /** Resolves when the bytes are with the system. */
  send(bytes: string | Buffer): Promise<void> {
    const given = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
    return new Promise((resolve) => this.socket.write(given, () => resolve()));
  }

  /** Resolves when `enough` holds for what came, or when the connection has ended. */
  async until(enough: (text: string) => boolean): Promise<string> {
    while (!enough(this.text) && !this.#isOver) {
      await Promise.race([this.#over, new Promise((resolve) => this.socket.once('data', resolve))]);
    }
    return this.text;
  }

  /** Resolves with so many whole answers, or with fewer when the connection ends before. */
  async answers(count: number): Promise<readonly RawAnswer[]> {
    await this.until((text) => answersIn(text).answers.length >= count);
    return answersIn(this.text).answers;
  }

  /** Resolves with all answers when the server has ended its side. */
  async all(): Promise<{ readonly answers: readonly RawAnswer[]; readonly rest: string }> {
    await this.until(() => false);
    return answersIn(this.text);
  }

  async destroy(): Promise<void> {
    this.socket.destroy();
    await this.closed;
  }

  async reset(): Promise<void> {
    this.socket.resetAndDestroy();
    await this.closed;
  }
}

/** Sends the pieces one after the other and gives all answers once the server has closed. */
export async function converse(
  port: number,
  ...pieces: readonly (string | Buffer)[]
): Promise<{ readonly answers: readonly RawAnswer[]; readonly rest: string }> {
  const client = await RawClient.open(port);
  for (const piece of pieces) {
    await client.send(piece);
    await new Promise((resolve) => setImmediate(resolve)); // so that each arrives by itself
  }
  const result = await client.all();
  await client.destroy();
  return result;
}
