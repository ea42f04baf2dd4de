import type { IncomingHttpHeaders } from 'node:http';
import type { PageClient, ServerGeneration } from './generations.js';
import type { OriginFacts } from './origin-look.js';
import { isAffinityOff } from './polls.js';
import type { SessionUpgrade } from './upgrade-session.js';
import type { UpgradeOutcome } from './web-socket.js';

/** What a closer look at the sockets showed, for who judges it; nothing here is a fault by itself. */
export interface SocketFacts {
  /** socket.io's URL. */
  readonly url: string;
  readonly client: PageClient;
  /** Where socket.io does not answer the page's client: the generation that answers there; undefined: none does, or it was not asked. */
  readonly generation?: ServerGeneration;
  /** The session over polling; undefined where there is none. */
  readonly session?: SessionFacts;
  /** The first poll of a session for which the server has something to say. */
  readonly poll?: PollFacts;
  /** The upgrade of that session; undefined where the server offers none. */
  readonly upgrade?: SessionUpgrade & { readonly url: string };
  /** A WebSocket with the header Connection as Firefox sends it; undefined where none opens in any way. */
  readonly firefox?: UpgradeOutcome & { readonly url: string };
  /** What a browser at another origin would say of the answers. */
  readonly origin?: OriginFacts;
}

/** What a handshake says of the session, and who is in front. */
export interface SessionFacts {
  /** ms; undefined where the handshake does not say it. */
  readonly pingInterval: number | undefined;
  readonly pingTimeout: number | undefined;
  /** Bytes of one answer or request over polling, where the server says it (Engine.IO 4). */
  readonly maxPayload: number | undefined;
  /** What the headers show to be in front of node. */
  readonly inFront: readonly InFront[];
  /** The app asks ARR not to keep its clients at one machine (the header Arr-Disable-Session-Affinity). */
  readonly affinityOff: boolean;
  /** Names of the cookies that came, by which a client stays at one machine or process. */
  readonly stickyCookies: readonly string[];
}

export type InFront = 'azure' | 'arr' | 'iis' | 'nginx' | 'cloudflare';

export interface PollFacts {
  readonly url: string;
  /** undefined: no whole answer came. */
  readonly status: number | undefined;
  /** Why there is none. */
  readonly because: string | undefined;
  /** Content-Encoding, and the bytes as they came; '' where it is not encoded. */
  readonly encoding: string;
  readonly bytes: number;
}

const isSticky = (name: string): boolean => /^(?:ARRAffinity|iisnode\.session\.cookie$)/i.test(name);

/**
 * Reads the answer that opened a session.
 * @param cookies names of all cookies that the host has set
 */
export function sessionFactsOf(
  { body, headers }: { readonly body: string; readonly headers: IncomingHttpHeaders },
  cookies: readonly string[],
): SessionFacts {
  const number = (name: string): number | undefined => {
    const found = new RegExp(`"${name}"\\s*:\\s*(\\d{1,15})\\b`).exec(body.slice(0, 2_000))?.[1];
    return found === undefined ? undefined : Number(found);
  };
  return {
    pingInterval: number('pingInterval'),
    pingTimeout: number('pingTimeout'),
    maxPayload: number('maxPayload'),
    inFront: inFrontOf(headers, cookies),
    affinityOff: isAffinityOff(headers),
    stickyCookies: cookies.filter(isSticky),
  };
}

/** Who has left a header of its own on the way (iis.md 4.10; httpplatformhandler.md 10: X-Powered-By: ARR/3.0). */
function inFrontOf(headers: IncomingHttpHeaders, cookies: readonly string[]): readonly InFront[] {
  const of = (name: string): string => String(headers[name] ?? '');
  const isAzure = Object.keys(headers).some((name) => /^x-(?:azure-ref|ms-(?:request-id|middleware))/.test(name));
  const found: Readonly<Record<InFront, boolean>> = {
    azure: isAzure || cookies.some((name) => /^ARRAffinitySameSite$/i.test(name)),
    arr: /\bARR\//i.test(of('x-powered-by')),
    iis: /\bIIS\b/i.test(of('server')),
    nginx: /nginx/i.test(of('server')),
    cloudflare: headers['cf-ray'] !== undefined || /cloudflare/i.test(of('server')),
  };
  return (Object.keys(found) as InFront[]).filter((name) => found[name]);
}
