import { placeOfRule } from '../../facts/rewrite-rules.js';
import { servicePort } from '../../facts/service.js';
import { socketUrls } from '../../facts/socket-route.js';
import { defineRule } from '../define-rule.js';
import { everythingFails } from '../symptoms.js';

const local = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i;

/** The proxy asks at a port where the app does not listen. */
export const proxyToOtherPort = defineRule({
  code: 'PROXY_TO_OTHER_PORT',
  severity: 'warning',
  explains: everythingFails,
  title: 'A rule passes requests on to a port where this app does not listen',
  why: 'Unless another program listens there, every request is answered with 502.3.',
  help: `The rule names a port of this machine, and the code of the app listens on another one. Write the same port in both, or let the code
read the port from the environment that starts it. What pm2's file and a .env file give the code is taken into account.`,
  check(facts) {
    if (!facts.site || facts.site.iisnodeHandlers.length > 0) return [];
    const [handshake] = socketUrls(facts);
    const end = handshake === undefined ? undefined : facts.query.journey(handshake);
    const listens = servicePort(facts);
    const rule = end?.applied.at(-1)?.rule;
    if (listens === undefined || rule === undefined || end?.rewrite.kind !== 'proxy' || !URL.canParse(end.rewrite.url))
      return [];
    const target = new URL(end.rewrite.url);
    const asked = Number(target.port || (target.protocol === 'https:' ? 443 : 80));
    const { port, from } = listens;
    if (!local.test(target.hostname) || asked === port) return [];
    const origin = from === undefined ? '' : ` (${from})`;
    return [
      {
        message: `Rule "${rule.name}" asks at port ${asked}, and the app listens on port ${port}${origin}.`,
        fix: `port ${port} in the rule's target`,
        ...placeOfRule(facts, rule),
      },
    ];
  },
});
