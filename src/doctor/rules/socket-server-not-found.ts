import { programOf } from '../../app/index.js';
import { readServerBundle } from '../../source/index.js';
import { hostedElsewhere, loadsSockets, sourcesAreReadable } from '../facts/realtime.js';
import { meantForSocketIo } from '../facts/socket-route.js';
import type { FileFacts } from '../types.js';
import { defineRule } from './define-rule.js';
import { socketsFail } from './symptoms.js';

/** Why a socket.io server is expected: the package, or a rule of web.config. */
function expectation(facts: FileFacts): string | undefined {
  const {
    site,
    package: { dependencies },
  } = facts;
  if ('socket.io' in dependencies) return 'package.json asks for socket.io';
  const isMeant = meantForSocketIo(facts);
  const rule = site?.rewrite?.rules.find((each) => each.enabled && each.action.type === 'Rewrite' && isMeant(each));
  return rule && `web.config has the rule "${rule.name}" for socket.io`;
}

/** The app is set up for socket.io, but has no server of it. */
export const socketServerNotFound = defineRule({
  code: 'SOCKET_SERVER_NOT_FOUND',
  severity: 'info',
  explains: socketsFail,
  title: 'No socket.io server is seen in the code',
  why: 'The rules about its path and its transports cannot check anything; if there is no server, socket.io gets 404.',
  help: `The doctor reads the entry point and the modules that it loads by literal names. A server that a framework creates (a NestJS
gateway, a plugin), or a module with a computed name, is not found: then check yourself that its path starts with the vdir path, and
that it uses the http server which listens on process.env.PORT. If there is none yet: const io = new Server(server, { path: .. }) with
Server from socket.io.`,
  check(facts) {
    const expected = hostedElsewhere(facts) ? undefined : expectation(facts);
    const entry = facts.entries.find(({ exists }) => exists);
    if (!expected || !entry || !sourcesAreReadable(facts)) return [];
    const isCreated = facts.server.scripts.some(({ sockets }) => sockets.servers.length + sockets.oldApi.length > 0);
    if (isCreated || loadsSockets(facts)) return [];
    // Packages of a bundle are not loaded by their names.
    if (facts.entries.some((each) => readServerBundle(facts.folder, programOf(each).name)?.isMapped === false))
      return [];
    return [
      {
        message: `No socket.io server is seen in ${programOf(entry).name} and the modules that it loads by literal names, although ${expected}.`,
        fix: 'new Server(server), with Server from socket.io and the http server that listens on process.env.PORT',
      },
    ];
  },
});
