import type { OutboundRule } from '../../../rewrite/index.js';
import { isBehindProxy } from '../../facts/realtime.js';
import type { FileFacts } from '../../types.js';
import { defineRule } from '../define-rule.js';
import { answerIsNotRewritten } from '../symptoms.js';

const compressors = ['compression', 'koa-compress', 'shrink-ray-current', '@fastify/compress', 'hapi-compress'];

/** Does the rule change bodies, and not only a header? */
const changesBodies = ({ enabled, match, action }: OutboundRule): boolean =>
  enabled && action.type === 'Rewrite' && (match.serverVariable ?? '') === '';

function fault({ server }: FileFacts, { name, preCondition }: OutboundRule, acceptsNone: boolean): string | undefined {
  const module = compressors.find((each) => server.modules.has(each));
  if (module !== undefined && !acceptsNone)
    return `Outbound rule "${name}" changes bodies, and the app compresses them (${module}).`;
  return (preCondition ?? '') === '' ? `Outbound rule "${name}" changes the bodies of all responses.` : undefined;
}

const stopsCompression =
  'Do not compress in node, or let the inbound rule set the server variable HTTP_ACCEPT_ENCODING to an empty text.';

/** Outbound rules on bodies that they cannot change, or should not. */
export const outboundBodyRule = defineRule({
  code: 'OUTBOUND_BODY_RULE',
  severity: 'warning',
  explains: answerIsNotRewritten,
  title: 'An outbound rule changes bodies that it should leave alone',
  why: 'A compressed response becomes 500.52 ("the content of the HTTP response is encoded"), and polls and streams wait until IIS has their whole body.',
  help: `An outbound rule without serverVariable reads the body of every response that its preCondition allows, socket.io's polls and event streams
included, and it cannot read a compressed one. Give it a preCondition: <preCondition name="html"><add input="{RESPONSE_CONTENT_TYPE}"
pattern="^text/html" /></preCondition>, and do not compress in node: IIS compresses after the rules.`,
  check(facts) {
    const { site, query } = facts;
    if (!site?.rewrite || (site.iisnodeHandlers.length === 0 && !isBehindProxy(facts))) return [];
    // Node compresses nothing for a client that accepts nothing compressed.
    const acceptsNone = site.rewrite.rules.some(({ serverVariables }) =>
      serverVariables.some(({ name }) => /^HTTP_ACCEPT_ENCODING$/i.test(name)),
    );
    return (site.rewrite.outbound?.rules ?? []).filter(changesBodies).flatMap((rule) => {
      const message = fault(facts, rule, acceptsNone);
      const at = rule.origin && query.placeOf(rule.origin);
      return message === undefined
        ? []
        : [
            {
              message,
              fix: /compresses/.test(message) ? stopsCompression : 'A preCondition on text/html.',
              ...(at && { at }),
            },
          ];
    });
  },
});
