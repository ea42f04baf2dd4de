import type { RewriteRule } from '../rewrite/index.js';

/** The requests of socket.io's client, below the web.config's folder. */
export const socketIoUrls = [
  'socket.io/?EIO=4&transport=polling',
  'socket.io/?EIO=4&transport=websocket',
  'socket.io/socket.io.js',
] as const;

/** What an imprecise pattern for socket.io also matches. */
export const bystanderUrls = [
  'about/socket.io/',
  'my-socket.io/',
  'my-socket.io.js',
  'socket-io/',
  'socketxio/',
  'socket.iox/',
  'socket.io-notes.html',
  'node_modules/socket.io/package.json',
] as const;

/** A rule intended for socket.io, and not for a script of that name. */
export function meansSocketIo({ match, conditions }: RewriteRule): boolean {
  const patterns = [match?.url, ...conditions.map(({ pattern }) => pattern)];
  return patterns.some((text) => /socket\\*\.io(?![\w.\\-]*\.[cm]?js)/i.test(text ?? ''));
}
