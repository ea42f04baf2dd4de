import type { ProbeAnswer, Visitor } from './visitor.js';
import type { UpgradeOutcome } from './web-socket.js';
import { urlWithoutLogin } from './without-login.js';

/** The headers by which a browser judges an answer for a page of another origin; a header that comes twice has its values joined: `*, *`. */
export interface CorsHeaders {
  readonly url: string;
  readonly status: number;
  readonly allowOrigin: string | undefined;
  readonly allowCredentials: string | undefined;
  readonly vary: string | undefined;
}

/** What a browser at another origin sees. */
export interface OriginFacts {
  /** `https://app.example.com` */
  readonly origin: string;
  /** The handshake over polling; undefined where polling is off, or nothing answered. */
  readonly handshake: CorsHeaders | undefined;
  /** The question that a browser sends before a request with headers of its own (extraHeaders); undefined: no answer. */
  readonly preflight: CorsHeaders | undefined;
  readonly webSocket: { readonly url: string; readonly outcome: UpgradeOutcome };
}

interface OriginLook {
  readonly visitor: Visitor;
  /** ms */
  readonly timeout: number;
  /** The URL of a handshake over polling; undefined where polling is off. */
  readonly polling: URL | undefined;
  readonly webSocket: URL;
  readonly open: (url: URL, origin: string) => Promise<UpgradeOutcome>;
}

/** Asks as a browser does whose page is of another origin: without following a redirect, as a preflight does not. */
export async function lookFromOrigin(
  origin: string,
  { visitor, timeout, polling, webSocket, open }: OriginLook,
): Promise<OriginFacts> {
  const ask = async (method: 'GET' | 'OPTIONS', more: Readonly<Record<string, string>>) => {
    if (polling === undefined) return undefined;
    const headers = { origin, ...more };
    const answer = await visitor.fetch(polling, { method, timeout, headers, follows: false }).catch(() => undefined);
    return answer && corsHeadersOf(answer);
  };
  return {
    origin,
    handshake: await ask('GET', {}),
    preflight: await ask('OPTIONS', {
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'x-from-origin',
    }),
    webSocket: { url: urlWithoutLogin(webSocket).replace(/^http/, 'ws'), outcome: await open(webSocket, origin) },
  };
}

function corsHeadersOf({ url, status, headers }: ProbeAnswer): CorsHeaders {
  return {
    url: urlWithoutLogin(url),
    status,
    allowOrigin: headers['access-control-allow-origin'],
    allowCredentials: headers['access-control-allow-credentials'],
    vary: headers.vary,
  };
}
