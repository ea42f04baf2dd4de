import type { RewriteRule } from '../../rewrite/index.js';
import { moveElementEdits, setAttributeEdit } from '../../xml/index.js';
import { endOf, isInherited } from '../facts/rewrite-rules.js';
import { meantForSocketIo, socketRoute } from '../facts/socket-route.js';
import { defineRule } from './define-rule.js';
import { socketsFail } from './symptoms.js';
import { editWebConfig, firstRoutingRule } from './web-config-edits.js';

interface FixData {
  readonly rule: RewriteRule;
  readonly by: RewriteRule;
}

/** Another rule matches socket.io's requests before the rule for socket.io, or after it. */
export const socketRewriteSwallowed = defineRule<FixData>({
  code: 'SOCKET_REWRITE_SWALLOWED',
  severity: 'error',
  // A redirect that takes everything takes the page as well.
  explains: [...socketsFail, { finding: 'PAGE_FAILED', saying: /\bredirect/i }],
  title: "Another rule takes socket.io's requests",
  why: 'Rules run from top to bottom on the rewritten URL, so the handshake ends somewhere else: 404, a page instead of an answer ("Unexpected token <"), or another program.',
  help: `A rule for socket.io exists, but a rule before it sends its requests elsewhere, or a rule after it rewrites them again
because the first has no stopProcessing="true". Put the rule for socket.io first and let it stop: <rule name=".." stopProcessing="true">.
Never redirect socket.io's URLs: a WebSocket handshake does not follow, and a POST becomes a GET. --fix moves the rule to the
top and adds stopProcessing, unless the other rule refuses requests (CustomResponse, AbortRequest).`,
  check(facts) {
    const route = socketRoute(facts);
    if (route.kind !== 'swallowed') return [];
    const { rule, by, end } = route;
    if (isInherited(facts, by.origin)) return []; // INHERITED_RULE_TAKES_APP reports it
    const at = by.origin && facts.query.placeOf(by.origin);
    const where = endOf(end);
    const message =
      rule === by
        ? `Rule "${by.name}" redirects ${route.url}; a WebSocket handshake does not follow.`
        : `Rule "${by.name}" takes ${route.url} from rule "${rule.name}": it is ${where}.`;
    const rules = facts.site?.rewrite?.rules ?? [];
    // A redirect of all http requests has to see the URL before it is rewritten.
    const isAfter = by.action.type === 'Redirect' && rules.indexOf(by) > rules.indexOf(rule);
    const first = isAfter
      ? `Put rule "${by.name}" above rule "${rule.name}".`
      : `Put rule "${rule.name}" first, with stopProcessing="true".`;
    const fix = rule === by ? 'Use an action of type Rewrite.' : first;
    return [{ message, fix, ...(at && { at }), data: { rule, by } }];
  },
  fix(facts, { data }) {
    // A catch-all rule that also reaches node must not be moved before all others.
    // A rule that refuses requests may be meant to refuse these: only its author knows.
    if (!data || /^(CustomResponse|AbortRequest)$/.test(data.by.action.type)) return [];
    if (data.rule === data.by || !meantForSocketIo(facts)(data.rule)) return [];
    const element = facts.query.ownElement(data.rule.origin);
    const parent = element?.parent;
    if (!element || !parent) return [];
    // One edit at a time: an edit inside the moved text would overlap with the move; the next round makes the other edit.
    const first = firstRoutingRule(parent);
    if (first && first.span.start < element.span.start) {
      return editWebConfig(facts, (doc) => moveElementEdits(doc, element, parent, { before: first }));
    }
    return editWebConfig(facts, (doc) => setAttributeEdit(doc, element, 'stopProcessing', 'true'));
  },
});
