import { hostedElsewhere, serverPaths } from '../facts/realtime.js';
import { defineRule } from './define-rule.js';

/** The server's socket.io path is not below the app's vdir path. */
export const socketPathMismatchServer = defineRule({
  code: 'SOCKET_PATH_MISMATCH_SERVER',
  severity: 'error',
  title: "The server's socket.io path does not fit the vdir path",
  why: 'iisnode hands node the whole URL, vdir path included; socket.io compares it with its own path and leaves the handshake unanswered when they differ (404).',
  help: `An app at /dante sees /dante/socket.io/.. as the URL of every handshake, because iisnode keeps the URL the browser asked
for. socket.io answers only at its option path, which is /socket.io unless said otherwise. Set it from what web.config hands over as
environment: new Server(server, { path: (process.env.virtualDirPath || '') + '/socket.io' }), and use the same path in the client.`,
  check(facts) {
    const { vdirPath } = facts;
    if (!vdirPath || vdirPath.path === '/' || hostedElsewhere(facts)) return [];
    const key = vdirPath.key ?? 'virtualDirPath';
    return serverPaths(facts)
      .filter(({ path }) => path !== undefined && !path.startsWith(`${vdirPath.path}/`))
      .map(({ path, isSet, at }) => ({
        message: `The server answers at ${path}${isSet ? '' : ' (the default)'}, but browsers ask for ${vdirPath.path}/socket.io.`,
        fix: `path: (process.env.${key} || '') + '/socket.io'`,
        at,
      }));
  },
});
