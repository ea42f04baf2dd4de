import { type PatternSyntax, patternMatches, patternShape, type RewriteRule } from '../../../rewrite/index.js';
import { removeAttributeEdit } from '../../../xml/index.js';
import { placeOfRule, runningRules } from '../../facts/rewrite-rules.js';
import { defineRule } from '../define-rule.js';
import { everythingFails } from '../symptoms.js';
import { editWebConfig } from '../web-config-edits.js';

/** Text of a regular expression that URLs, hosts and headers do not have. */
const ofRegex = /^\^|\\[.dwsDWS/]|\.[*+]|\([^)]*[|*+]|[^*]\$$/;

/** The text of a regular expression, which in its own syntax does not match what it matches as one. */
function isRegex(text: string, syntax: PatternSyntax): boolean {
  const asRegex = ofRegex.test(text) ? patternShape(text, 'ECMAScript') : undefined;
  return asRegex !== undefined && !asRegex.samples.some((sample) => patternMatches(text, syntax, sample));
}

/** The patterns of a rule, its own first. */
function patternsOf({ match, conditions }: RewriteRule): string[] {
  const ofConditions = conditions.flatMap(({ matchType, pattern }) =>
    matchType === 'Pattern' && pattern !== undefined ? [pattern] : [],
  );
  return [...(match ? [match.url] : []), ...ofConditions];
}

/** Regular expressions in a rule that does not read them as such. */
export const wildcardWithRegex = defineRule<RewriteRule>({
  code: 'WILDCARD_WITH_REGEX',
  severity: 'error',
  explains: everythingFails,
  leadsTo: ['SOCKET_REWRITE_MISSING', 'SOCKET_REWRITE_SWALLOWED', 'ROUTES_NOT_REWRITTEN'],
  title: 'A rewrite rule has regular expressions, but is set to another syntax',
  why: 'Each character but * and ? stands for itself, so the pattern matches no URL (a condition is never true, a negated one always).',
  help: `patternSyntax="Wildcard" applies to the pattern of the rule and to the patterns of all its conditions: * is any text, ? one
character, and everything else is literal, so ".*" asks for a name that starts with a dot, and "^OFF$" for these five characters. With
"ExactMatch" all of the text is literal. Leave patternSyntax out for regular expressions, or write all patterns of the rule as
wildcards: url="socket.io*". --fix removes the attribute where all patterns of the rule are valid regular expressions.`,
  check(facts) {
    return runningRules(facts).flatMap((rule) => {
      const { name, patternSyntax } = rule;
      if (patternSyntax === 'ECMAScript') return [];
      const patterns = patternsOf(rule);
      const wrong = patterns.filter((pattern) => isRegex(pattern, patternSyntax));
      const [first] = wrong;
      if (first === undefined) return [];
      // A real wildcard beside it means something else as a regular expression.
      const isAll = wrong.length === patterns.length;
      return [
        {
          message: `Rule "${name}" has patternSyntax="${patternSyntax}", so "${first}" is tested literally.`,
          fix: isAll ? 'Leave patternSyntax out.' : 'Write all patterns of the rule in one syntax.',
          ...placeOfRule(facts, rule),
          ...(isAll && { data: rule }),
        },
      ];
    });
  },
  fix(facts, { data }) {
    const element = facts.query.ownElement(data?.origin);
    return element ? editWebConfig(facts, (doc) => removeAttributeEdit(doc, element, 'patternSyntax')) : [];
  },
});
