import { once } from 'node:events';
import type http from 'node:http';
import type net from 'node:net';

/** A request that goes wrong before its effect, or after it. */
export interface AzureFault {
  /** `POST /api/zipdeploy`: the method, and the beginning of the path. */
  readonly at: string;
  /** Which of those requests, from 1; 1 by default. */
  readonly nth?: number;
  /** How many of them; 1 by default. */
  readonly times?: number;
  /** A status, or a reset of the connection; without the effect. */
  readonly before?: number | 'reset';
  /** The same in the place of the answer. */
  readonly after?: number | 'reset';
  seen?: number;
}

/** The fault of a request, which is counted. */
export function faultOf(faults: readonly AzureFault[], method: string, pathname: string): AzureFault | undefined {
  let found: AzureFault | undefined;
  for (const fault of faults) {
    if (!`${method} ${pathname}`.startsWith(fault.at)) continue;
    fault.seen = (fault.seen ?? 0) + 1;
    const first = fault.nth ?? 1;
    if (fault.seen >= first && fault.seen < first + (fault.times ?? 1)) found ??= fault;
  }
  return found;
}

/** What is answered. */
export interface Answer {
  readonly status: number | 'reset';
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export const json = (status: number, value: unknown): Answer => ({
  status,
  body: JSON.stringify(value),
  headers: { 'Content-Type': 'application/json; charset=utf-8' },
});

/** The headers that tell where to ask again. */
export const again = (location: string): Record<string, string> => ({ Location: location, 'Retry-After': '0' });

/** Answers, or resets the connection. */
export function reply(response: http.ServerResponse, { status, body = '', headers = {} }: Answer): void {
  if (status === 'reset') (response.req.socket as net.Socket).resetAndDestroy();
  else response.writeHead(status, { ...headers }).end(body);
}

/** Listens on a free port of loopback; gives the origin. */
export async function listen(server: http.Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`;
}
