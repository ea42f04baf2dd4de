import { randomUUID } from 'node:crypto';
import type { Outcome } from '../../pipeline/index.js';
import { addressOf, oneLine } from '../backend/forward-http.js';
import type { RequestContext } from '../request/context.js';
import { isEncrypted } from '../request/is-encrypted.js';

type Routed = Pick<Extract<Outcome, { kind: 'proxy' }>, 'url' | 'settings' | 'webSocket'>;
type Asking = Pick<RequestContext, 'incoming' | 'headers'>;

/** How many proxies a request may go through. */
const mostForwards = 10;
const ofConnection = /^(?:connection|keep-alive|expect|host|max-forwards)$/i;

/**
 * The headers that the other server gets, as a flat list (httpplatformhandler.md 10). What a rule sets to an empty value is left out: that is
 * how rules switch Accept-Encoding and Sec-WebSocket-Extensions off.
 */
export function headersForServer({ incoming, headers }: Asking, { url, settings, webSocket }: Routed): string[] {
  const { forwardedFor, forwardsPort, tlsHeader, logIdHeader, preserveHostHeader } = settings;
  const of = (name: string): string | undefined =>
    headers.find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1];
  const own = [forwardedFor, logIdHeader].filter((name) => name !== '').map((name) => name.toLowerCase());
  const flat: string[] = [];
  for (const [name, value] of headers) {
    if (!ofConnection.test(name) && !own.includes(name.toLowerCase()) && value !== '') flat.push(name, oneLine(value));
  }
  flat.push('Host', preserveHostHeader ? oneLine(of('host') ?? url.host) : url.host);
  flat.push('Max-Forwards', String(Math.max(0, Number(of('max-forwards') ?? mostForwards) - 1) || 0));
  if (of('x-original-url') === undefined) flat.push('X-Original-URL', oneLine(incoming.url ?? '/'));
  const { remoteAddress = '', remotePort = 0 } = incoming.socket;
  if (forwardedFor !== '') {
    const client = `${addressOf(remoteAddress)}${forwardsPort ? `:${remotePort}` : ''}`;
    const before = of(forwardedFor);
    flat.push(forwardedFor, oneLine(before === undefined ? client : `${before}, ${client}`));
  }
  // The value has the sizes of the key and the names in the certificate; the embedded IIS knows only that there is one.
  if (tlsHeader !== '' && isEncrypted(incoming.socket)) flat.push(tlsHeader, '2048|256|CN=localhost|CN=localhost');
  if (logIdHeader !== '') flat.push(logIdHeader, randomUUID());
  flat.push('Connection', webSocket ? 'Upgrade' : 'keep-alive');
  return flat;
}

/** The headers of its answer for the client: a redirect to itself is one to the site, and the proxy shows itself. */
export function answerOf(headers: readonly string[], { incoming }: Asking, { url, settings }: Routed): string[] {
  const flat = [...headers];
  const asked = incoming.headers.host;
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const value = flat[index + 1] ?? '';
    if (!settings.reverseRewriteHost || asked === undefined || !/^(?:content-)?location$/i.test(flat[index] ?? ''))
      continue;
    const to = URL.canParse(value) ? new URL(value) : undefined;
    if (to?.host === url.host) flat[index + 1] = value.replace(/^(\w+:\/\/)[^/?#]*/, `$1${asked}`);
  }
  return settings.showsItself ? [...flat, 'X-Powered-By', 'ARR/3.0'] : flat;
}
