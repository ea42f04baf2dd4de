import { readOtherListen, type ServerScript } from '../../source/index.js';
import { isBuiltScript } from '../facts/build-product.js';
import { hostedElsewhere } from '../facts/realtime.js';
import { socketsOnOtherPort } from '../facts/sockets-on-other-port.js';
import type { RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';
import { socketsFail } from './symptoms.js';

interface FixData {
  readonly file: string;
  readonly span: { readonly start: number; readonly end: number };
  readonly text: string;
}

/** All of socket.io is on a server with a port of its own, and another server listens on the pipe. */
const onOtherPort = (scripts: readonly ServerScript[]): readonly RuleFinding<FixData>[] =>
  socketsOnOtherPort(scripts).map(({ on, port, at, isTls }) => ({
    message: `socket.io is on ${on}, which listens on port ${port.kind === 'literal' ? port.value : '?'}; IIS talks to the other server, on process.env.PORT.`,
    why: 'No request of a browser for socket.io comes to that port: the server on the pipe answers it with 404.',
    fix: 'Give socket.io the server that listens on process.env.PORT.',
    at,
    loader: { says: isTls ? 'has its sockets on an https server' : 'opens a second port for sockets' },
  }));

/** socket.io is attached to a server that never listens, or listens elsewhere. */
export const wrongServerListens = defineRule<FixData>({
  code: 'WRONG_SERVER_LISTENS',
  severity: 'error',
  explains: socketsFail,
  title: 'The server that listens is not the one with socket.io',
  why: 'The pages work, but no request reaches socket.io: app.listen() creates a second http server, which answers socket.io with 404.',
  help: `app.listen() of Express, Koa and Connect creates its own http server. When socket.io is attached to another one, as in const server =
http.createServer(app); const io = new Server(server), that server must listen: server.listen(process.env.PORT || 3000). A server
for socket.io alone, with a port of its own, gets no request through IIS.
--fix writes the server's name instead of the app's.`,
  check(facts) {
    if (hostedElsewhere(facts)) return [];
    const elsewhere = facts.entries.flatMap((entry) => onOtherPort(facts.query.scriptsOf(entry)));
    const notListening = facts.server.scripts.flatMap((script): RuleFinding<FixData>[] => {
      const found = script.context && readOtherListen(script.context);
      if (!found) return [];
      const { app, server, at, span } = found;
      const isFixable = facts.webConfig.bytes !== undefined && !isBuiltScript(facts, script);
      return [
        {
          message: `${app}.listen() creates its own server; socket.io is on ${server}, which never listens.`,
          fix: `${server}.listen(process.env.PORT || 3000)`,
          at,
          ...(span && isFixable && { data: { file: script.source.file, span, text: server } }),
        },
      ];
    });
    return [...notListening, ...elsewhere];
  },
  fix: (_facts, { data }) => (data ? [{ file: data.file, edits: [{ span: data.span, text: data.text }] }] : []),
});
