import type { ExchangeWatch } from '../backend/exchange-watch.js';
import { pump, type UpgradeClient } from '../backend/raw-socket.js';
import type { PipeConnection } from './pipe-connection.js';
import type { ResponseHead } from './response-head.js';

/**
 * Forwards an upgraded connection: raw bytes in both directions, no time limit. The end of one direction is not forwarded to the
 * other side; both sockets are closed when both directions have ended (iisnode 0.2.27, cprotocolbridge.cpp
 * FinalizeUpgradeResponse).
 */
export async function carryUpgrade(
  head: ResponseHead,
  connection: PipeConnection,
  { socket: client, early, flow }: UpgradeClient & { readonly flow: ReturnType<ExchangeWatch['opened']> | undefined },
): Promise<void> {
  const pipe = connection.socket;
  const late = connection.detach();
  client.write(headBytes(head));
  if (late.length > 0) client.write(late);
  if (early.length > 0) pipe.write(early);
  flow?.sent(late);
  flow?.received(early);
  const ended = connection.ended ? Promise.resolve() : pump(pipe, client, flow?.sent);
  await Promise.all([ended, pump(client, pipe, flow?.received)]);
  client.destroy();
  pipe.destroy();
}

function headBytes({ status, reason, headers }: ResponseHead): Buffer {
  let text = `HTTP/1.1 ${status} ${reason}\r\n`;
  for (let index = 0; index + 1 < headers.length; index += 2) text += `${headers[index]}: ${headers[index + 1]}\r\n`;
  return Buffer.from(`${text}\r\n`, 'latin1');
}
