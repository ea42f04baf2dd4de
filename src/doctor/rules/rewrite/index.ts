import type { Rule } from '../../types.js';
import { backReferenceEmpty } from './back-reference-empty.js';
import { caseSensitiveTest } from './case-sensitive-test.js';
import { clearBelowRules } from './clear-below-rules.js';
import { clientRedirectedToHttps } from './client-redirected-to-https.js';
import { documentRootOfSite } from './document-root-of-site.js';
import { fileTestOfUrl } from './file-test-of-url.js';
import { fileTestsMatchAny } from './file-tests-match-any.js';
import { matchCopiesPart } from './match-copies-part.js';
import { nodeModulesPublished } from './node-modules-published.js';
import { outboundBodyRule } from './outbound-body-rule.js';
import { proxyInOtherScheme } from './proxy-in-other-scheme.js';
import { proxyLosesPath } from './proxy-loses-path.js';
import { proxyLosesQuery } from './proxy-loses-query.js';
import { proxySetsUpgrade } from './proxy-sets-upgrade.js';
import { proxyToOtherPort } from './proxy-to-other-port.js';
import { proxyToOwnPort } from './proxy-to-own-port.js';
import { redirectLocationDoubled } from './redirect-location-doubled.js';
import { redirectLoop } from './redirect-loop.js';
import { redirectLosesVdirPath } from './redirect-loses-vdir-path.js';
import { requestUriInTarget } from './request-uri-in-target.js';
import { rewriteMapNeverFound } from './rewrite-map-never-found.js';
import { rewriteRuleDead } from './rewrite-rule-dead.js';
import { rewriteRuleNeverMatches } from './rewrite-rule-never-matches.js';
import { rewriteRuleWithoutEffect } from './rewrite-rule-without-effect.js';
import { scriptRunByNode } from './script-run-by-node.js';
import { serverVariableLiteral } from './server-variable-literal.js';
import { serverVariableNotAllowed } from './server-variable-not-allowed.js';
import { slashStarPattern } from './slash-star-pattern.js';
import { targetInOtherCase } from './target-in-other-case.js';
import { targetOutsideApp } from './target-outside-app.js';
import { variableMisspelt } from './variable-misspelt.js';
import { wildcardWithRegex } from './wildcard-with-regex.js';

/** Rules about URL Rewrite: patterns and order, conditions and texts, targets, redirects, outbound rules. */
export const rewriteRules: readonly Rule[] = [
  rewriteRuleNeverMatches,
  wildcardWithRegex,
  slashStarPattern,
  rewriteRuleDead,
  rewriteRuleWithoutEffect,
  clearBelowRules,
  fileTestsMatchAny,
  fileTestOfUrl,
  documentRootOfSite,
  variableMisspelt,
  backReferenceEmpty,
  matchCopiesPart,
  caseSensitiveTest,
  serverVariableNotAllowed,
  serverVariableLiteral,
  rewriteMapNeverFound,
  targetOutsideApp,
  requestUriInTarget,
  targetInOtherCase,
  nodeModulesPublished,
  scriptRunByNode,
  proxyToOwnPort,
  proxyLosesQuery,
  proxyLosesPath,
  proxySetsUpgrade,
  proxyToOtherPort,
  proxyInOtherScheme,
  redirectLocationDoubled,
  redirectLosesVdirPath,
  redirectLoop,
  clientRedirectedToHttps,
  outboundBodyRule,
];
