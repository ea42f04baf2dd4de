import { placeOfRule } from '../../facts/rewrite-rules.js';
import { socketUrls } from '../../facts/socket-route.js';
import type { FileFacts } from '../../types.js';
import { defineRule } from '../define-rule.js';
import { everythingFails } from '../symptoms.js';

const local = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i;

/** The one port on which all servers of the app listen, where the sources say it. */
function onlyPort({ server }: FileFacts): number | undefined {
  const listens = server.scripts.flatMap((script) => script.listens).filter(({ guarded }) => !guarded);
  const ports = listens.map(({ port }) => (port.kind === 'literal' ? Number(port.value) : Number.NaN));
  const [first] = ports;
  return server.isWhole && first !== undefined && first > 0 && ports.every((port) => port === first)
    ? first
    : undefined;
}

/** The proxy asks at a port where the app does not listen. */
export const proxyToOtherPort = defineRule({
  code: 'PROXY_TO_OTHER_PORT',
  severity: 'warning',
  explains: everythingFails,
  title: 'A rule passes requests on to a port where this app does not listen',
  why: 'Unless another program listens there, every request is answered with 502.3.',
  help: `The rule names a port of this machine, and the code of the app listens on another one. Write the same port in both, or let the code
read the port from the environment that starts it.`,
  check(facts) {
    if (!facts.site || facts.site.iisnodeHandlers.length > 0) return [];
    const [handshake] = socketUrls(facts);
    const end = handshake === undefined ? undefined : facts.query.journey(handshake);
    const port = onlyPort(facts);
    const rule = end?.applied.at(-1)?.rule;
    if (port === undefined || rule === undefined || end?.rewrite.kind !== 'proxy' || !URL.canParse(end.rewrite.url))
      return [];
    const target = new URL(end.rewrite.url);
    const asked = Number(target.port || (target.protocol === 'https:' ? 443 : 80));
    if (!local.test(target.hostname) || asked === port) return [];
    return [
      {
        message: `Rule "${rule.name}" asks at port ${asked}, and the app listens on port ${port}.`,
        fix: `port ${port} in the rule's target`,
        ...placeOfRule(facts, rule),
      },
    ];
  },
});
