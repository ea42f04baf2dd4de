import { iisnodeSock } from '../../typed-command.js';
import { hostedElsewhere } from '../facts/realtime.js';
import type { RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';
import { portIsRefused } from './symptoms.js';

/** What each of them does with the name of a pipe. */
const takers = {
  option: {
    message: 'to listen() as the option port.',
    fix: 'listen({ path: process.env.PORT }) under iisnode',
    says: 'gives PORT to listen() as an option',
  },
  'socket.io': {
    message: 'to socket.io, which takes a name for an http server.',
    fix: 'const server = http.createServer(); new Server(server); server.listen(process.env.PORT || 3000)',
    says: 'gives PORT to socket.io, which listens on numbers only',
  },
  fastify: {
    message: "to fastify's listen() as a port.",
    fix: 'listen({ path: process.env.PORT }) under iisnode',
    says: "gives PORT to fastify's listen(), which takes numbers only",
  },
} as const;

/** The server hands the pipe on to what takes numbers only. */
export const pipeAsPortOption = defineRule({
  code: 'PIPE_AS_PORT_OPTION',
  severity: 'error',
  disprovedBy: 'listening',
  explains: [
    'APP_LISTENED_ELSEWHERE',
    portIsRefused,
    { finding: 'APP_CRASHED', saying: /\blisteners is not a function/ },
  ],
  title: 'The server gives PORT to a call that takes numbers only',
  // lib/net.js, Server.prototype.listen
  why: 'Under iisnode PORT is the name of a pipe; a call that takes numbers only throws an error, so node ends and iisnode answers 500.1002.',
  help: `iisnode tells node the name of a named pipe in process.env.PORT. listen() takes it as its first argument, or as the option
path: listen({ path: process.env.PORT }). As the option port it has to be a number: ERR_SOCKET_BAD_PORT. Fastify has no other form than
options. socket.io takes a number, or the http server that listens: io.listen(process.env.PORT) is "server.listeners is not a function".
Or let ${iisnodeSock} init . --loader always start the app: then PORT is a number, and the code stays as it is.`,
  check(facts) {
    if (hostedElsewhere(facts)) return [];
    const findings = new Map<string, RuleFinding>();
    for (const script of facts.entries.flatMap((entry) => facts.query.scriptsOf(entry))) {
      for (const { at, guarded, numbersOnly, isCoerced, port } of script.listens) {
        if (numbersOnly === undefined || guarded || isCoerced || port.kind !== 'environment') continue;
        const { message, fix, says } = takers[numbersOnly];
        findings.set(`${script.name}:${at.line}:${at.column}`, {
          message: `The server gives process.env.PORT, which is the name of a pipe under iisnode, ${message}`,
          fix,
          at,
          loader: { says, ofIisnode: true },
        });
      }
    }
    return [...findings.values()];
  },
});
