import type { ProbeAnswer } from './http.js';

/** Where a page gets socket.io's client from, and with it where the server listens. */
export interface ClientScript {
  readonly url: URL;
  /** socket.io's path. */
  readonly path: string;
  /** The page has no tag for it. */
  readonly guessed: boolean;
}

const sources = (html: string): string[] =>
  [...html.matchAll(/<script\b[^>]*?\ssrc\s*=\s*["']?([^"'\s>]+)/gi)].map(([, source = '']) => source);

/** The client script: the page's own tag for it, else `<app>/socket.io/socket.io.js`. */
export function scriptOf(page: ProbeAnswer, app: URL, socketPath: string | undefined): ClientScript {
  for (const source of sources(page.body)) {
    if (!/\/?socket\.io(\.[\w-]+)*\.js(\?|$)/i.test(source) || !URL.canParse(source, page.url.href)) continue;
    const url = new URL(source, page.url);
    const path = url.pathname.replace(/\/[^/]*$/, '');
    // From a CDN it says nothing about where the server listens.
    return { url, path: url.origin === app.origin ? path : `${app.pathname}socket.io`, guessed: false };
  }
  const path = (socketPath ?? `${app.pathname}socket.io`).replace(/\/+$/, '');
  return { url: new URL(`${path}/socket.io.js`, app), path, guessed: true };
}

/** More than a page of one's own loads. */
const mostScripts = 20;

/** The addresses of the page's own scripts, those of other hosts left out. */
export function ownScripts(page: ProbeAnswer): readonly URL[] {
  return sources(page.body.replace(/<!--[\s\S]*?-->/g, ''))
    .filter((source) => URL.canParse(source, page.url.href))
    .map((source) => new URL(source, page.url))
    .filter(({ origin }) => origin === page.url.origin)
    .slice(0, mostScripts);
}

/** socket.io's path, where the page's code names one: `path: '/rt/socket.io'`. */
export function socketPathIn(texts: readonly string[]): string | undefined {
  const found = texts.map((text) => /\bpath\s*:\s*(["'`])(\/[\w./~-]*\/socket\.io)\/?\1/.exec(text)?.[2]);
  return found.find((path) => path !== undefined);
}

/** The plain WebSocket of a page: `url` is undefined where only the page's code knows it. */
export interface PlainSocket {
  readonly url: URL | undefined;
}

/**
 * Does the page open WebSockets by itself, without socket.io? Judged by its code: engine.io's client has `EIO` in it, however
 * it was bundled.
 *
 * @param texts The page and its own scripts.
 * @returns undefined when it does not, or uses socket.io.
 */
export function plainSocketOf(texts: readonly string[], page: URL): PlainSocket | undefined {
  if (texts.some((text) => /\bEIO\b|\bio(?:\.connect)?\s*\(/.test(text))) return undefined;
  const code = texts.find((text) => /\bnew\s+(?:window\.)?WebSocket\s*\(/.test(text));
  if (code === undefined) return undefined;
  const [, argument = ''] = /\bnew\s+(?:window\.)?WebSocket\s*\(\s*([^\n;]*)/.exec(code) ?? [];
  const address = addressIn(argument, code);
  const url = address !== undefined && URL.canParse(address, page.href) ? new URL(address, page) : undefined;
  // Of another host nothing is to be said about this one.
  return { url: url?.hostname === page.hostname ? url : undefined };
}

const literal = /^(["'`])((?:(?!\1)[^\\\n])*)\1/;

/** The literal part of an address: 'stream' in `new URL('stream', location.href)`, '/live' in `${..}${location.host}/live`. */
function addressIn(expression: string, code: string, depth = 0): string | undefined {
  const [, relative] = /^new\s+URL\(\s*(["'`][^"'`\n]*["'`])\s*,/.exec(expression) ?? [];
  const [, , text] = literal.exec(relative ?? expression) ?? [];
  if (text !== undefined) {
    const behindHost = text.replace(/^.*\$\{[^}]*\bhost(?:name)?\}/, '');
    return behindHost === '' || behindHost.includes('${') ? undefined : behindHost;
  }
  const [, name] = /^([\w$]+)(?:\.href|\.toString\(\))?\s*[),]/.exec(expression) ?? [];
  if (name === undefined || depth > 2) return undefined;
  const bound = new RegExp(`\\b(?:const|let|var)\\s+${name.replaceAll('$', '\\$')}\\s*=\\s*([^\\n;]*)`).exec(code);
  return bound?.[1] === undefined ? undefined : addressIn(bound[1], code, depth + 1);
}
