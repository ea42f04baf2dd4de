import type { RewriteRule } from '../../../rewrite/index.js';
import { findElement, setAttributeEdit, type XmlElement } from '../../../xml/index.js';
import { referencesIn } from '../../facts/references.js';
import { leadsToNode, placeOfRule, runningRules, shapeOf, takes } from '../../facts/rewrite-rules.js';
import { expandedTexts } from '../../facts/rule-texts.js';
import { meantForSocketIo } from '../../facts/socket-route.js';
import type { FileFacts, RuleFinding } from '../../types.js';
import { defineRule } from '../define-rule.js';
import { editWebConfig } from '../web-config-edits.js';

interface FixData {
  readonly match: XmlElement;
  readonly pattern: string;
}

const usesCaptures = (rule: RewriteRule): boolean =>
  expandedTexts(rule).some(({ text }) => referencesIn(text).some(({ name }) => name === 'R'));

/** What was probably meant: everything, or everything below a folder. */
function meantBy(pattern: string): string | undefined {
  const stem = pattern.replace(/^\^/, '').replace(/\\?\/\*$/, '');
  if (stem === '') return '.*';
  return /^[\w/-]+$/.test(stem) ? `^${stem}(/.*)?$` : undefined;
}

function finding(facts: FileFacts, rule: RewriteRule): RuleFinding<FixData> | undefined {
  const { match, name } = rule;
  const shape = rule.patternSyntax === 'ECMAScript' ? shapeOf(rule) : undefined;
  if (!match || match.negate || !shape?.endsInSlashes) return undefined;
  const [stem = ''] = shape.samples;
  const other = stem === '' ? 'some/page' : `${shape.isAnchored ? '' : 'my'}${stem}-notes.html`;
  if (!takes(facts, rule, other)) return undefined;
  const captures = usesCaptures(leadsToNode(facts, rule) ? { ...rule, action: { type: 'None' } } : rule);
  // A pattern for everything that does not use what it matched does what was meant.
  if (stem === '' && !captures) return undefined;
  const element = facts.query.ownElement(rule.origin);
  const found = element && findElement(element, 'match');
  const pattern = meantBy(match.url);
  return {
    ...(stem === '' && { severity: 'error' }),
    message:
      stem === ''
        ? `The pattern "${match.url}" of rule "${name}" matches everywhere, and {R:0} is empty.`
        : `The pattern "${match.url}" of rule "${name}" also takes ${other}.`,
    ...(pattern !== undefined && { fix: `<match url="${pattern}" />` }),
    ...placeOfRule(facts, rule),
    ...(found && pattern !== undefined && (stem === '' || !captures) && { data: { match: found, pattern } }),
  };
}

/** A star after a slash in a regular expression. */
export const slashStarPattern = defineRule<FixData>({
  code: 'SLASH_STAR_PATTERN',
  severity: 'warning',
  explains: ['PAGE_FAILED', 'PAGE_FILE_MISSING'],
  title: 'A rewrite pattern repeats a slash where any text was meant',
  why: 'The pattern takes more URLs than its author meant, and what it captures is not the rest of the path.',
  help: `Patterns are regular expressions unless the rule has patternSyntax="Wildcard". There * repeats the character before it: "/*" is
any number of slashes, also none, so it matches every URL and {R:0} is empty; "myapp/*" also takes xmyapp and myappfoo. Write
".*" for every URL and "^myapp(/.*)?$" for a folder with everything below it. --fix does so where the rule does not depend on what its
pattern captures. A "/*" for every URL whose captures are not used works, and is not reported.`,
  check(facts) {
    // SOCKET_REWRITE_UNANCHORED reports a rule for socket.io.
    const isForSocketIo = meantForSocketIo(facts);
    return runningRules(facts)
      .filter(({ match }) => !isForSocketIo({ match, conditions: [] }))
      .map((rule) => finding(facts, rule))
      .filter((made) => made !== undefined);
  },
  fix: (facts, { data }) =>
    data ? editWebConfig(facts, (doc) => setAttributeEdit(doc, data.match, 'url', data.pattern)) : [],
});
