import { addressOf, oneLine } from '../backend/forward-http.js';
import type { PlatformRequest } from './types.js';

/**
 * The headers that a process gets, as a flat list: those of the client, with Host as it sent it (HttpPlatformHandler v2,
 * forwardinghandler.cpp GetHeaders). Its connection to the module is another one than the client's.
 */
export function headersForProcess(request: PlatformRequest, token: string): string[] {
  const { headers, incoming, settings, webSocket, encrypted } = request;
  const flat: string[] = [];
  const before: { for?: string; proto?: string } = {};
  const names = new Set<string>();
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (isLeftOut(lower, webSocket)) continue;
    if (lower === 'x-forwarded-for') before.for = joined(before.for, value);
    else if (lower === 'x-forwarded-proto') before.proto = joined(before.proto, value);
    else flat.push(name, oneLine(value));
    names.add(lower);
  }
  const { remoteAddress = '', remotePort = 0 } = incoming.socket;
  flat.push('X-Forwarded-For', oneLine(joined(before.for, `${addressOf(remoteAddress)}:${remotePort}`)));
  flat.push('X-Forwarded-Proto', oneLine(joined(before.proto, encrypted ? 'https' : 'http')));
  if (settings.version === 2) flat.push('MS-ASPNETCORE-TOKEN', token);
  if (!names.has('host')) flat.push('Host', 'localhost');
  if (webSocket) flat.push('Connection', 'Upgrade');
  const framed = names.has('content-length') || names.has('transfer-encoding');
  if (!framed && !/^(?:GET|HEAD|OPTIONS|TRACE|DELETE)$/.test(incoming.method ?? 'GET'))
    flat.push('Content-Length', '0');
  return flat;
}

/** `Sec-WebSocket-Extensions` goes, because WinHTTP knows no extensions; without a WebSocket `Upgrade` stays, without its Connection. */
const isLeftOut = (lower: string, webSocket: boolean): boolean =>
  lower === 'connection' ||
  lower === 'expect' ||
  lower.startsWith('ms-aspnetcore') ||
  (webSocket && lower === 'sec-websocket-extensions');

const joined = (before: string | undefined, value: string): string =>
  before === undefined ? value : `${before}, ${value}`;
