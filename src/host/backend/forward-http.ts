import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { cutOff } from './cut-off.js';
import { pump } from './raw-socket.js';

/** Sends the answer of another server on, each piece as it comes. An answer that breaks off is truncated for the client, too. */
export function sendAnswer(answer: IncomingMessage, response: ServerResponse, headers: string[]): Promise<void> {
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage ?? '', headers);
  return new Promise((resolve) => {
    const onDrain = (): void => void answer.resume();
    response.on('drain', onDrain);
    answer.on('data', (piece: Buffer) => {
      if (!response.write(piece)) answer.pause();
    });
    answer.on('end', () => response.end());
    answer.on('error', () => undefined);
    answer.on('close', () => {
      response.off('drain', onDrain);
      if (!answer.complete) cutOff(response);
      resolve();
    });
  });
}

/** A socket that another server has accepted, and the client's. */
export interface AcceptedSocket {
  readonly answer: IncomingMessage;
  /** The other server's, and what came with its answer. */
  readonly socket: Duplex;
  readonly late: Buffer;
  /** The client's, and what it sent before. */
  readonly client: Duplex;
  readonly early: Buffer;
  /** The headers of the 101, as a flat list. */
  readonly headers: readonly string[];
  /** Sees what passes. */
  readonly flow: { received(bytes: Buffer): void; sent(bytes: Buffer): void } | undefined;
}

/** A WebSocket: from here on bytes go both ways until one side ends. */
export async function carrySocket(accepted: AcceptedSocket): Promise<void> {
  const { answer, socket, late, client, early, headers, flow } = accepted;
  client.write(switching(answer, headers));
  if (late.length > 0) client.write(late);
  if (early.length > 0) socket.write(early);
  flow?.sent(late);
  flow?.received(early);
  await new Promise<void>((resolve) => {
    pump(socket, client, resolve, flow?.sent);
    pump(client, socket, resolve, flow?.received);
  });
  endSoon(client);
  endSoon(socket);
}

/** Did the other side close the connection, or does none listen? */
export function isReset(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(?:ECONNRESET|EPIPE|ECONNREFUSED|ECONNABORTED)$/.test(code);
}

/** An address of IPv4 as such, which a socket for both families has as one of IPv6. */
export const clientAddress = (remote: string): string => remote.replace(/^::ffff:(?=\d+\.)/, '');

/** An address of IPv6 is in brackets, since the port follows. */
export function addressOf(remote: string): string {
  const address = clientAddress(remote);
  return address.includes(':') ? `[${address}]` : address;
}

/** A rule may decode line ends from a URL; in a value they would start another header, or another request. */
export const oneLine = (value: string): string => (/[\r\n\0]/.test(value) ? value.replace(/[\r\n\0]/g, ' ') : value);

const ofConnection = /^(?:keep-alive|transfer-encoding|trailer|date)$/i;

/** The headers of an answer that a client gets: not those of the connection between the two servers. */
export function headersForClient(raw: readonly string[], upgraded: boolean): string[] {
  const flat: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? '';
    if (!ofConnection.test(name) && (upgraded || !/^connection$/i.test(name))) flat.push(name, raw[index + 1] ?? '');
  }
  return flat;
}

function switching({ statusMessage }: IncomingMessage, headers: readonly string[]): Buffer {
  let text = `HTTP/1.1 101 ${statusMessage ?? 'Switching Protocols'}\r\n`;
  for (let index = 0; index + 1 < headers.length; index += 2) text += `${headers[index]}: ${headers[index + 1]}\r\n`;
  return Buffer.from(`${text}\r\n`, 'latin1');
}

/** Closes a socket when its last bytes are sent. */
function endSoon(socket: Duplex): void {
  if ('destroySoon' in socket && typeof socket.destroySoon === 'function') socket.destroySoon();
  else socket.end();
}
