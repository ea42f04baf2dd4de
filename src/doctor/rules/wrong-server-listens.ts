import { readOtherListen } from '../../source/index.js';
import { isBuiltScript } from '../facts/build-product.js';
import { hostedElsewhere } from '../facts/realtime.js';
import { defineRule } from './define-rule.js';
import { socketsFail } from './symptoms.js';

interface FixData {
  readonly file: string;
  readonly span: { readonly start: number; readonly end: number };
  readonly text: string;
}

/** socket.io is attached to a server that never listens. */
export const wrongServerListens = defineRule<FixData>({
  code: 'WRONG_SERVER_LISTENS',
  severity: 'error',
  explains: socketsFail,
  title: 'The server that listens is not the one with socket.io',
  why: 'The pages work, but no request reaches socket.io: app.listen() creates a second http server, which answers socket.io with 404.',
  help: `app.listen() of Express, Koa and Connect creates its own http server. When socket.io is attached to another one, as in const server =
http.createServer(app); const io = new Server(server), that server must listen: server.listen(process.env.PORT || 3000).
--fix writes the server's name instead of the app's.`,
  check(facts) {
    if (hostedElsewhere(facts)) return [];
    return facts.server.scripts.flatMap((script) => {
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
  },
  fix: (_facts, { data }) => (data ? [{ file: data.file, edits: [{ span: data.span, text: data.text }] }] : []),
});
