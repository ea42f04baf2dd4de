import { setAttributeEdit, type XmlElement } from '../../xml/index.js';
import { isInherited } from '../facts/rewrite-rules.js';
import { meantForSocketIo, socketRoute } from '../facts/socket-route.js';
import { defineRule } from './define-rule.js';
import { anchoredPattern, replaceableMatch } from './socket-rewrite-missing.js';
import { editWebConfig } from './web-config-edits.js';

/** URLs that are not a handshake. */
const bystanders = ['docs/about-socket.io.html', 'node_modules/socket.io/package.json', 'my-socket.io.js'];

/** A pattern for socket.io that also matches other requests. */
export const socketRewriteUnanchored = defineRule<{ readonly match: XmlElement | undefined }>({
  code: 'SOCKET_REWRITE_UNANCHORED',
  severity: 'warning',
  title: 'The rewrite rule for socket.io is not anchored',
  why: 'A pattern without "^" matches anywhere in the path, so files that only have socket.io in their name go to node as well.',
  help: `In URL Rewrite an ECMAScript pattern without "^" matches anywhere in the path, and a dot stands for any character.
url="socket.io" therefore also matches docs/about-socket.io.html and node_modules/socket.io/package.json. Write
<match url="^socket\\.io(/|$)" />. --fix replaces the pattern when the rule's action does not use its captures.`,
  check(facts) {
    const rules = facts.site?.rewrite?.rules ?? [];
    const isMeant = meantForSocketIo(facts);
    const route = socketRoute(facts);
    // SOCKET_REWRITE_MISSING says what its pattern should be.
    const reported = route.kind === 'missing' ? route.wouldBe : undefined;
    return rules
      .filter(
        (rule) =>
          rule.enabled &&
          rule !== reported &&
          !isInherited(facts, rule.origin) &&
          rule.patternSyntax === 'ECMAScript' &&
          rule.action.type !== 'None' &&
          isMeant({ match: rule.match, conditions: [] }),
      )
      .flatMap((rule) => {
        const taken = bystanders.find((url) => (facts.query.journeyWith([rule], url)?.applied.length ?? 0) > 0);
        if (!taken) return [];
        const match = replaceableMatch(facts, rule);
        const at = match ? facts.query.place(match) : rule.origin && facts.query.placeOf(rule.origin);
        return [
          {
            message: `Rule "${rule.name}" has the pattern "${rule.match?.url}", which also matches ${taken}.`,
            fix: `<match url="${anchoredPattern('socket.io')}" />`,
            ...(at && { at }),
            data: { match },
          },
        ];
      });
  },
  fix(facts, { data }) {
    const match = data?.match;
    return match
      ? editWebConfig(facts, (doc) => setAttributeEdit(doc, match, 'url', anchoredPattern('socket.io')))
      : [];
  },
});
