import { allowsEIO3, type ClientVersion, clientVersions, protocolOf } from '../facts/socket-versions.js';
import type { FileFacts, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';

function fixFor({ major, at }: ClientVersion, server: number): string {
  if (at !== undefined) return '<script src="socket.io/socket.io.js">, which the server sends in its own version';
  if (major > server) return `npm install socket.io@${major}`;
  return `npm install socket.io-client@${server}, or allowEIO3: true while clients are being replaced`;
}

function findMismatch(facts: FileFacts, client: ClientVersion, server: number): RuleFinding | undefined {
  const [theirs, ours] = [protocolOf(client.major), protocolOf(server)];
  if (theirs === ours || (theirs === 3 && allowsEIO3(facts) !== false)) return undefined;
  const { text, from } = facts.package.socketIo;
  const speaks = theirs === undefined ? 'a protocol from before Engine.IO 3' : `Engine.IO ${theirs}`;
  return {
    severity: client.isSure ? 'error' : 'warning',
    message: `The server is socket.io ${text} (${from}), which speaks Engine.IO ${ours}; ${client.said}, which speaks ${speaks}.`,
    fix: fixFor(client, server),
    ...(client.at && { at: client.at }),
  };
}

/** The page's client and the server speak different Engine.IO versions. */
export const eioMismatch = defineRule({
  code: 'EIO_MISMATCH',
  severity: 'error',
  disprovedBy: 'client',
  explains: ['HANDSHAKE_FAILED', 'WEBSOCKET_FAILED', 'LIVE_GENERATIONS_DIFFER'],
  title: 'Client and server speak different Engine.IO versions',
  why: 'The handshake is answered with 400 "Unsupported protocol version" (code 5), or packets cannot be parsed: the client reconnects forever.',
  help: `socket.io 1 and 2 speak Engine.IO 3, socket.io 3 and 4 speak Engine.IO 4. The usual cause is a script of version 2 from a
CDN, or an old copy in a bundle, with a server of version 4. It is best to load the client from the server itself:
<script src="socket.io/socket.io.js"> is always the right version. While old clients (mobile apps, C++, Java, C#) are being replaced,
new Server(server, { allowEIO3: true }) of socket.io 3 and 4 accepts them; a server of version 2 has no such option for newer clients.`,
  check(facts) {
    const { major } = facts.package.socketIo;
    const hasServer = facts.server.scripts.some(({ sockets }) => sockets.servers.length > 0);
    if (major === undefined || protocolOf(major) === undefined || !hasServer) return [];
    return clientVersions(facts)
      .map((client) => findMismatch(facts, client, major))
      .filter((finding) => finding !== undefined);
  },
});
