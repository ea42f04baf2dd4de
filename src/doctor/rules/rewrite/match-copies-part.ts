import type { RewriteRule } from '../../../rewrite/index.js';
import { findElement, setAttributeEdit, type XmlElement } from '../../../xml/index.js';
import { leadsToNode, placeOfRule, runningRules, shapeOf, stepAlone } from '../../facts/rewrite-rules.js';
import type { FileFacts } from '../../types.js';
import { defineRule } from '../define-rule.js';
import { editWebConfig } from '../web-config-edits.js';

interface FixData {
  readonly match: XmlElement;
  readonly pattern: string;
}

/** A URL of which the rule copies a part, and the part; a pattern with sets or stars says itself what it copies. */
function copiedPart(facts: FileFacts, rule: RewriteRule): { readonly url: string; readonly part: string } | undefined {
  const { action, match } = rule;
  if ((action.type !== 'Redirect' && action.type !== 'Rewrite') || !action.url.endsWith('{R:0}')) return undefined;
  if (!match || match.negate || rule.patternSyntax !== 'ECMAScript' || /[*+[{]/.test(match.url)) return undefined;
  const [sample] = shapeOf(rule)?.samples ?? [];
  if (sample === undefined || sample === '' || leadsToNode(facts, rule)) return undefined;
  const url = `${sample}${sample.endsWith('/') ? '' : '/'}page.html`;
  const step = stepAlone(facts, rule, url);
  const part = step?.captures[0] ?? '';
  return step?.verdict === 'applied' && url.startsWith(part) && part !== url ? { url, part } : undefined;
}

/** {R:0} of a pattern that ends before the path does. */
export const matchCopiesPart = defineRule<FixData>({
  code: 'MATCH_COPIES_PART',
  severity: 'warning',
  explains: ['PAGE_FAILED', 'PAGE_FILE_MISSING'],
  title: '{R:0} is only a part of the path',
  why: 'The rest of the path is lost, so all URLs below a folder lead to the same URL.',
  help: `{R:0} is what the pattern matched, and not the whole path: the pattern "^old/" matches the first four characters of old/page.html, so
url="new/{R:0}" is new/old/. End the pattern with .* where {R:0} must be the whole path (^old/.*), or use a group for the rest:
<match url="^old/(.*)" /> with url="new/{R:1}". --fix adds .* at the end.`,
  check(facts) {
    return runningRules(facts).flatMap((rule) => {
      const copied = copiedPart(facts, rule);
      if (copied === undefined) return [];
      const element = facts.query.ownElement(rule.origin);
      const match = element && findElement(element, 'match');
      const pattern = rule.match?.url ?? '';
      // Alternatives, and one that ends at a "$", need a group.
      const isPlain = /^[\w^/\\.-]+$/.test(pattern);
      return [
        {
          message: `Rule "${rule.name}" copies only "${copied.part}" of ${copied.url}.`,
          fix: isPlain ? `<match url="${pattern}.*" />` : 'End the pattern with .* before {R:0} is used.',
          ...placeOfRule(facts, rule),
          ...(match && isPlain && { data: { match, pattern: `${pattern}.*` } }),
        },
      ];
    });
  },
  fix: (facts, { data }) =>
    data ? editWebConfig(facts, (doc) => setAttributeEdit(doc, data.match, 'url', data.pattern)) : [],
});
