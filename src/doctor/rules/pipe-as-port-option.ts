import { hostedElsewhere } from '../facts/realtime.js';
import type { RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';

/** The server hands the pipe on as the option `port`. */
export const pipeAsPortOption = defineRule({
  code: 'PIPE_AS_PORT_OPTION',
  severity: 'error',
  title: 'The server gives PORT to listen() as an option',
  // lib/net.js, Server.prototype.listen
  why: 'Under iisnode PORT is the name of a pipe; listen({ port }) takes numbers only and throws ERR_SOCKET_BAD_PORT, so node ends and iisnode answers 500.1002.',
  help: `iisnode tells node the name of a named pipe in process.env.PORT. listen() takes it as its first argument, or as the option
path: listen({ path: process.env.PORT }). As the option port it has to be a number. Fastify has no other form than options. Or let
npx iisnode-sock init . --loader always start the app: then PORT is a number, and the code stays as it is.`,
  check(facts) {
    if (hostedElsewhere(facts)) return [];
    const findings = new Map<string, RuleFinding>();
    for (const script of facts.entries.flatMap((entry) => facts.query.scriptsOf(entry))) {
      for (const { at, guarded, isOption, isCoerced, port } of script.listens) {
        if (!isOption || guarded || isCoerced || port.kind !== 'environment') continue;
        findings.set(`${script.name}:${at.line}:${at.column}`, {
          message:
            'The server gives process.env.PORT, which is the name of a pipe under iisnode, to listen() as the option port.',
          fix: 'listen({ path: process.env.PORT }) under iisnode',
          at,
          loader: { says: 'gives PORT to listen() as an option' },
        });
      }
    }
    return [...findings.values()];
  },
});
