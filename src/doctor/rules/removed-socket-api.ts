import type { OldApiCall } from '../../source/index.js';
import { usesSocketIo } from '../facts/realtime.js';
import type { FileFacts, RuleFinding, Severity } from '../types.js';
import { defineRule } from './define-rule.js';

/** No version is given: npm installs a current one. */
const current = 4;

function versionOf(facts: FileFacts): { readonly major: number; readonly text: string } {
  const { major, text, from } = facts.package.socketIo;
  return { major: major ?? current, text: text ? `socket.io ${text} (${from})` : 'any current socket.io' };
}

/** configure was removed in 1.0; set, enable and disable were kept as a shim in 1.x and 2.x and removed in 3.0. */
function severityOf(call: OldApiCall, major: number): Severity | undefined {
  if (major === 0) return 'warning';
  if (call.method === 'configure') return 'error';
  return major >= 3 ? 'error' : undefined;
}

/** Settings of 0.9 that socket.io 4 has an option for (socket.io/docs/v4/server-options). */
const replacements: Readonly<Record<string, string>> = {
  resource: 'path: ..',
  transports: 'transports: ..',
  origins: 'cors: { origin }',
  'match origin protocol': 'cors: { origin }',
  'heartbeat timeout': 'pingTimeout: ..',
  'heartbeat interval': 'pingInterval: ..',
  'close timeout': 'pingTimeout: ..',
  'browser client': 'serveClient: ..',
  'destroy upgrade': 'destroyUpgrade: ..',
  'destroy buffer size': 'maxHttpBufferSize: ..',
  authorization: 'allowRequest: ..',
  store: 'adapter: ..',
};

function fixFor({ setting }: OldApiCall): string {
  if (setting === undefined) return 'new Server(server, { path, transports, cors })';
  const option = replacements[setting];
  return option ? `new Server(server, { ${option} })` : 'Remove the call: socket.io 4 has no such option.';
}

function serverFinding(call: OldApiCall, facts: FileFacts): RuleFinding | undefined {
  const { major, text } = versionOf(facts);
  const severity = severityOf(call, major);
  if (!severity) return undefined;
  const name = call.setting === undefined ? `io.${call.method}()` : `io.${call.method}('${call.setting}')`;
  return {
    severity,
    message:
      major === 0
        ? `${name} exists only in socket.io 0.9, which this app still uses.`
        : `${name} does not exist in ${text}.`,
    ...(major === 0 && { why: 'socket.io 0.9 is from 2013 and unmaintained; no later version has this call.' }),
    fix: fixFor(call),
    at: call.at,
  };
}

/** io.origins() and the option origins, which cors replaced in 3.0 (socket.io/docs/v4/migrating-from-2-x-to-3-0). */
function originsFindings(facts: FileFacts): readonly RuleFinding[] {
  const { major, text } = versionOf(facts);
  if (major < 3 || !usesSocketIo(facts)) return [];
  const fix = "new Server(server, { cors: { origin: 'https://www.example.com' } })";
  return facts.server.scripts.flatMap(({ sockets }) => [
    ...sockets.originsCalls.map((at): RuleFinding => ({ message: `io.origins() does not exist in ${text}.`, fix, at })),
    ...sockets.servers.flatMap(({ settings: { origins: at } }): readonly RuleFinding[] =>
      at === undefined
        ? []
        : [
            {
              severity: 'warning',
              message: `${text} ignores the option origins.`,
              why: 'Pages of other origins are "blocked by CORS policy": since 3.0 no other origin is allowed without the option cors.',
              fix,
              at,
            },
          ],
    ),
  ]);
}

/** `require('socket.io').listen` went with 3.0: the module is a function, and has no such member. */
function listenFindings(facts: FileFacts): readonly RuleFinding[] {
  const { major, text } = versionOf(facts);
  if (major < 3 || !usesSocketIo(facts)) return [];
  const servers = facts.server.scripts.flatMap(({ sockets }) => sockets.servers);
  return servers
    .filter(({ isByListen }) => isByListen)
    .map(({ at }) => ({
      message: `require('socket.io').listen() does not exist in ${text}.`,
      fix: "const { Server } = require('socket.io'); const io = new Server(server)",
      at,
    }));
}

/** Calls and options that later versions of socket.io do not have. */
export const removedSocketApi = defineRule({
  code: 'REMOVED_SOCKET_API',
  severity: 'error',
  explains: [{ finding: 'APP_CRASHED', saying: /is not a function/ }],
  title: 'The code uses an API socket.io has removed',
  why: 'The server ends with a TypeError at its start: node exits before it listens, 500.1002 under iisnode.',
  help: `io.configure, io.set, io.enable and io.disable are configuration calls of socket.io 0.9: configure was removed in 1.0, the others
in 3.0, and the option resource was renamed to path on both ends. require('socket.io').listen(server) went with
3.0: new Server(server). io.origins and the option origins of 1.x and 2.x became the option cors. Pass options instead: const { Server } = require('socket.io'); const io =
new Server(server, { path: '/dante/socket.io', transports: ['websocket'] }), and in the page io({ path: '/dante/socket.io' }) with a
leading slash.`,
  check(facts) {
    const calls = usesSocketIo(facts) ? facts.server.scripts.flatMap(({ sockets }) => sockets.oldApi) : [];
    const { major, text } = versionOf(facts);
    const clients = facts.pages
      .flatMap((page) => page.clients)
      .map(({ options }): RuleFinding | undefined => {
        if (!options.resource || (options.path && major > 0)) return undefined;
        return {
          severity: major === 0 ? 'warning' : 'error',
          message: `The client passes resource, which ${major === 0 ? 'only socket.io 0.9 knows' : `${text} ignores: it requests /socket.io`}.`,
          why: 'The option was renamed to path in 1.0: without it client and server use different paths, and the handshake gets 404.',
          fix: "path: new URL('socket.io', location.href).pathname",
          at: options.resource.at,
        };
      });
    const ofServer = [...listenFindings(facts), ...calls.map((call) => serverFinding(call, facts))];
    return [...ofServer, ...originsFindings(facts), ...clients].filter((finding) => finding !== undefined);
  },
});
