import type { Rule } from '../../types.js';
import { fileTestsMatchAny } from './file-tests-match-any.js';
import { requestUriInTarget } from './request-uri-in-target.js';
import { rewriteRuleDead } from './rewrite-rule-dead.js';
import { rewriteRuleNeverMatches } from './rewrite-rule-never-matches.js';
import { slashStarPattern } from './slash-star-pattern.js';
import { targetOutsideApp } from './target-outside-app.js';
import { wildcardWithRegex } from './wildcard-with-regex.js';

/** Rules about URL Rewrite: patterns, their conditions, the order of the rules, their targets, redirects. */
export const rewriteRules: readonly Rule[] = [
  rewriteRuleNeverMatches,
  wildcardWithRegex,
  slashStarPattern,
  rewriteRuleDead,
  fileTestsMatchAny,
  targetOutsideApp,
  requestUriInTarget,
];
