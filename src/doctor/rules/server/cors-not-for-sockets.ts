import { optionsAreKnown } from '../../facts/realtime.js';
import { defineRule } from '../define-rule.js';

/** The package cors is for express alone (symptoms.md S62). */
export const corsNotForSockets = defineRule({
  code: 'CORS_NOT_FOR_SOCKETS',
  severity: 'info',
  explains: ['LIVE_CORS_REFUSED'],
  title: "The package cors does not cover socket.io's own requests",
  why: 'socket.io answers its requests before express sees them: a page of another origin may use the API, but its socket is "blocked by CORS policy".',
  help: `app.use(cors()) adds headers to what express answers. socket.io 3 and later needs its own option, with the same origins: new Server(server, {
cors: { origin: 'https://www.example.com' } }). Pages that the app itself serves need neither; then this is only worth knowing.`,
  check(facts) {
    const { major } = facts.package.socketIo;
    if (major === undefined || major < 3 || !facts.server.modules.has('cors')) return [];
    return facts.server.scripts.flatMap(({ sockets }) =>
      sockets.servers.flatMap(({ settings, options, at }) =>
        settings.setsCors || !optionsAreKnown(facts, options)
          ? []
          : [
              {
                message: 'express uses the package cors, but the socket.io server has no option cors.',
                fix: "cors: { origin: 'https://www.example.com' } in the options of the socket.io server",
                at,
              },
            ],
      ),
    );
  },
});
