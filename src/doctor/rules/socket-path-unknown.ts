import { clientTarget, codeText } from '../../source/index.js';
import { socketPathCode } from '../../webconfig/index.js';
import { hostedElsewhere } from '../facts/realtime.js';
import type { FileFacts, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';

function ofServers({ server: { scripts }, vdirPath }: FileFacts, wanted: string): RuleFinding[] {
  const key = vdirPath?.key ?? 'virtualDirPath';
  // A script that reads the vdir path from the environment uses it; and options that are set later are in the source, elsewhere.
  if (scripts.some((script) => script.reach.setsOptionsLater || codeText(script).includes(key))) return [];
  return scripts
    .filter(({ sockets }) => sockets.oldApi.length === 0)
    .flatMap(({ sockets }) => sockets.servers)
    .filter(({ hasOwnPort, options: { path, known } }) =>
      hasOwnPort ? false : path === undefined ? !known : path.value.kind === 'unknown',
    )
    .map(({ at, options }) => ({
      message: `The path of the socket.io server cannot be read from the source; browsers request ${wanted}.`,
      fix: `path: ${socketPathCode(key)}`,
      at: options.path?.at ?? at,
      loader: { says: 'has a socket.io path that may lack the vdir path', by: 'stripVdirPath' as const },
    }));
}

/** A page that computes the path mostly takes it from its own address, so only unknown options count. */
function ofClients({ pages }: FileFacts, wanted: string): RuleFinding[] {
  return pages
    .flatMap(({ clients }) => clients)
    .filter((client) => clientTarget(client) === 'here' && client.options.resource === undefined)
    .filter(({ options }) => options.path === undefined && !options.known)
    .map(({ at }) => ({
      message: `The path of the socket.io client cannot be read from the source; the server is at ${wanted}.`,
      fix: "path: new URL('socket.io', location.href).pathname",
      at,
    }));
}

/** A path that has to match the vdir path, and that the source does not show. */
export const socketPathUnknown = defineRule({
  code: 'SOCKET_PATH_UNKNOWN',
  severity: 'info',
  title: "socket.io's path cannot be read from the source, and has to match the vdir path",
  why: 'If it does not start with the vdir path, the handshake gets 404.',
  help: `An app at /dante sees /dante/socket.io/.. as the URL of every handshake, and socket.io answers at its option path only. Here
the options, or the path in them, come from a place that the doctor does not read: a file at run time, an argument, a function. Check
that both ends have the same path, and that it starts with the vdir path. Best take it from the environment on the server: path:
${socketPathCode()}, and from its own address in the page: path: new URL('socket.io', location.href).pathname.`,
  check(facts) {
    const { vdirPath } = facts;
    if (!vdirPath || vdirPath.path === '/' || hostedElsewhere(facts)) return [];
    const wanted = `${vdirPath.path}/socket.io`;
    return [...ofServers(facts, wanted), ...ofClients(facts, wanted)];
  },
});
