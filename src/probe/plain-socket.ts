import type { LivePlainSocket } from '../source/index.js';
import { withoutEnd } from '../trimmed.js';
import { callsIo } from './socket-targets.js';
import { isLoopback } from './visitor.js';

/** The plain WebSocket of a page. */
export interface PlainSocket {
  /** undefined where only the page's code knows it, or it is at another host. */
  readonly url: URL | undefined;
  /** The host, where it is the visitor's own machine in place of the page's. */
  readonly local?: string;
  /** The end of the URL, behind its `?`, is known to the page's code alone. */
  readonly isPart?: true;
  /** The URL of the SockJS server. */
  readonly sockJs?: URL;
}

/** What is known of a page's code. */
interface PageCode {
  /** The page and its own scripts. */
  readonly texts: readonly string[];
  readonly plainSockets: readonly LivePlainSocket[];
}

/**
 * Does the page open WebSockets by itself, without socket.io? Decided by its code: engine.io's client has `EIO` in it, however
 * it was bundled.
 *
 * @returns undefined when it does not, or uses socket.io.
 */
export function plainSocketOf({ texts, plainSockets }: PageCode, page: URL): PlainSocket | undefined {
  if (texts.some((text) => /\bEIO\b/.test(text) || callsIo(text))) return undefined;
  const ofSockJs = plainSockets.find(({ isSockJs }) => isSockJs);
  if (ofSockJs !== undefined) return sockJsOf(ofSockJs, page);
  const code = texts.find((text) => /\bnew\s+(?:window\.)?WebSocket\s*\(/.test(text));
  if (code === undefined) return undefined;
  const [, argument = ''] = /\bnew\s+(?:window\.)?WebSocket\s*\(\s*([^\n;]*)/.exec(code) ?? [];
  const read = plainSockets.find((each) => each.address !== undefined)?.address;
  const address = read ?? addressIn(argument, code);
  const start = plainSockets.find(({ start: known = '' }) => known.includes('?'))?.start;
  if (address === undefined && start !== undefined && URL.canParse(start, page.href)) {
    return { ...socketAt(new URL(start, page), page), isPart: true };
  }
  const url = address !== undefined && URL.canParse(address, page.href) ? new URL(address, page) : undefined;
  return url === undefined ? { url } : socketAt(url, page);
}

function sockJsOf({ address }: LivePlainSocket, page: URL): PlainSocket {
  const sockJs = address !== undefined && URL.canParse(address, page.href) ? new URL(address, page) : undefined;
  if (sockJs === undefined) return { url: undefined };
  const found = socketAt(new URL(`${withoutEnd(sockJs.href, '/')}/websocket`), page);
  return found.url === undefined ? found : { ...found, sockJs };
}

function socketAt(url: URL, page: URL): PlainSocket {
  url.protocol = url.protocol.replace(/^ws/, 'http');
  if (isLoopback(url.hostname) && url.hostname !== page.hostname) return { url: undefined, local: url.origin };
  // Of another host nothing is to be said about this one.
  return { url: url.hostname === page.hostname ? url : undefined };
}

const literal = /^(["'`])((?:(?!\1)[^\\\n])*)\1/;

/** The text behind the host in `'ws://' + location.host + '/live'`, up to the end of the expression. */
const joined = /\blocation\.host(?:name)?\s*\+\s*(["'`])([^"'`\\\n$]*)\1\s*(?:[),;]|$)/;

/** The literal part of an address: 'stream' in `new URL('stream', location.href)`, '/live' in `${..}${location.host}/live`. */
function addressIn(expression: string, code: string, depth = 0): string | undefined {
  const [, relative] = /^new\s+URL\(\s*(["'`][^"'`\n]*["'`])\s*,/.exec(expression) ?? [];
  const behind = relative === undefined ? joined.exec(expression)?.[2] : undefined;
  if (behind !== undefined) return behind;
  const [, , text] = literal.exec(relative ?? expression) ?? [];
  if (text !== undefined) {
    // Split at each `${`, because a pattern over all of them takes the square of their number where none is closed.
    const last = text.split('${').at(-1) ?? '';
    const behindHost = text.includes('${') ? /^[^}]*\bhost(?:name)?\}(.*)$/.exec(last)?.[1] : text;
    return behindHost === '' ? undefined : behindHost;
  }
  const [, name] = /^([\w$]+)(?:\.href|\.toString\(\))?\s*[),]/.exec(expression) ?? [];
  if (name === undefined || depth > 2) return undefined;
  const bound = new RegExp(`\\b(?:const|let|var)\\s+${name.replaceAll('$', '\\$')}\\s*=\\s*([^\\n;]*)`).exec(code);
  return bound?.[1] === undefined ? undefined : addressIn(bound[1], code, depth + 1);
}
