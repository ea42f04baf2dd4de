import type { Duplex } from 'node:stream';
import type { ExchangeWatch } from '../backend/exchange-watch.js';
import { pump, type UpgradeClient } from '../backend/raw-socket.js';
import type { PipeConnection } from './pipe-connection.js';
import type { ResponseHead } from './response-head.js';

/** What an upgraded connection is between. */
interface Ends extends UpgradeClient {
  readonly connection: PipeConnection;
  readonly flow: ReturnType<ExchangeWatch['opened']> | undefined;
}

/**
 * An upgraded connection: raw bytes in both directions, no time limit. The end of one direction is not forwarded to the
 * other side; both sockets are closed when both directions have ended (iisnode 0.2.27, cprotocolbridge.cpp
 * FinalizeUpgradeResponse). It keeps nothing of its request: there may be thousands of them, for hours.
 */
export class CarriedSocket {
  /** Resolves when both sockets are closed. */
  readonly over: Promise<void>;
  readonly #client: Duplex;
  readonly #pipe: Duplex;
  #open = 2;
  #end: () => void = () => undefined;

  constructor(head: ResponseHead, { connection, socket: client, early, flow }: Ends) {
    const pipe = connection.socket;
    this.#client = client;
    this.#pipe = pipe;
    this.over = new Promise((resolve) => {
      this.#end = resolve;
    });
    const hasEnded = connection.ended;
    const late = connection.detach();
    client.write(headBytes(head));
    if (late.length > 0) client.write(late);
    if (early.length > 0) pipe.write(early);
    flow?.sent(late);
    flow?.received(early);
    const done = (): void => this.#ended();
    if (hasEnded) done();
    else pump(pipe, client, done, flow?.sent);
    pump(client, pipe, done, flow?.received);
  }

  /** Closes both sockets. */
  abort(): void {
    this.#client.destroy();
    this.#pipe.destroy();
  }

  #ended(): void {
    this.#open--;
    if (this.#open > 0) return;
    this.abort();
    this.#end();
  }
}

function headBytes({ status, reason, headers }: ResponseHead): Buffer {
  let text = `HTTP/1.1 ${status} ${reason}\r\n`;
  for (let index = 0; index + 1 < headers.length; index += 2) text += `${headers[index]}: ${headers[index + 1]}\r\n`;
  return Buffer.from(`${text}\r\n`, 'latin1');
}
