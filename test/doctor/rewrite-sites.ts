/** The rules about URL Rewrite, their failing sites and their quiet twins. */
export const rewriteSites: Readonly<
  Record<string, { readonly bad: readonly string[]; readonly good: readonly string[] }>
> = {
  REWRITE_RULE_NEVER_MATCHES: {
    bad: [
      'pattern-leading-slash',
      'pattern-leading-slash-before-node',
      'pattern-query-string',
      'pattern-host',
      'pattern-vdir-path',
      'pattern-slash-below-folder',
    ],
    good: ['pattern-from-app'],
  },
  WILDCARD_WITH_REGEX: {
    bad: ['wildcard-with-regex', 'wildcard-condition-with-regex'],
    good: ['wildcard-right'],
  },
  SLASH_STAR_PATTERN: {
    bad: ['slash-star-folder', 'slash-star-captured'],
    good: ['slash-star-everything', 'captures-for-node'],
  },
  REWRITE_RULE_DEAD: { bad: ['rule-never-reached', 'rule-never-reached-for-files'], good: ['rule-reached'] },
  FILE_TESTS_MATCH_ANY: {
    bad: ['file-tests-any', 'file-tests-any-page'],
    good: ['file-tests-all', 'file-tests-of-two-paths'],
  },
  TARGET_OUTSIDE_APP: { bad: ['target-leading-slash', 'target-vdir-path'], good: ['target-in-app', 'target-at-root'] },
  REQUEST_URI_IN_TARGET: { bad: ['request-uri-in-target', 'request-uri-before-node'], good: ['capture-in-target'] },
  REWRITE_RULE_WITHOUT_EFFECT: { bad: ['rule-without-action'], good: ['rule-that-stops'] },
  CLEAR_BELOW_RULES: { bad: ['clear-below-rules'], good: ['clear-first', 'clear-below-disabled-rule'] },
  FILE_TEST_OF_URL: { bad: ['file-test-of-url', 'file-test-of-url-page'], good: ['file-test-of-filename'] },
  DOCUMENT_ROOT_OF_SITE: { bad: ['document-root-of-site'], good: ['document-root-at-root'] },
  VARIABLE_MISSPELT: {
    bad: ['variable-misspelt', 'variable-with-hyphen', 'variable-in-two-braces'],
    good: ['variable-of-certificate'],
  },
  BACK_REFERENCE_EMPTY: {
    bad: ['capture-without-group', 'capture-of-negated-condition'],
    good: ['capture-with-group'],
  },
  MATCH_COPIES_PART: { bad: ['match-copies-part'], good: ['match-copies-path', 'reverse-proxy', 'captures-for-node'] },
  CASE_SENSITIVE_TEST: { bad: ['case-sensitive-https'], good: ['case-sensitive-path'] },
  SERVER_VARIABLE_NOT_ALLOWED: { bad: ['server-variable-not-allowed'], good: ['server-variable-for-upgrades'] },
  SERVER_VARIABLE_LITERAL: { bad: ['server-variable-literal'], good: ['server-variable-for-upgrades'] },
  REWRITE_MAP_NEVER_FOUND: { bad: ['map-keys-with-slash', 'map-keys-without-slash'], good: ['map-keys-right'] },
  TARGET_IN_OTHER_CASE: { bad: ['target-in-two-cases'], good: ['target-in-one-case'] },
  NODE_MODULES_PUBLISHED: { bad: ['node-modules-published'], good: ['node-modules-not-published'] },
  SCRIPT_RUN_BY_NODE: { bad: ['script-run-by-node'], good: ['script-left-to-iis'] },
  PROXY_TO_OWN_PORT: { bad: ['proxy-to-own-port', 'proxy-to-other-program'], good: ['proxy-to-other-machine'] },
  PROXY_LOSES_PATH: {
    bad: ['proxy-without-path', 'proxy-without-folder', 'proxy-strips-folder'],
    good: ['proxy-to-right-port', 'proxy-to-other-folder', 'proxy-strips-folder-of-client'],
  },
  PROXY_SETS_UPGRADE: { bad: ['proxy-sets-upgrade-for-all'], good: ['proxy-sets-upgrade-for-upgrades'] },
  PROXY_TO_OTHER_PORT: {
    bad: ['proxy-to-other-port', 'proxy-to-port-of-pm2', 'proxy-to-port-of-env-file'],
    good: ['proxy-to-right-port', 'proxy-to-port-of-pm2-in-production'],
  },
  PROXY_IN_OTHER_SCHEME: {
    bad: ['proxy-by-https', 'proxy-by-http-to-https'],
    good: ['proxy-to-right-port', 'proxy-by-https-to-https'],
  },
  PROXY_LOSES_QUERY: { bad: ['proxy-loses-query'], good: ['proxy-keeps-query'] },
  REDIRECT_LOCATION_DOUBLED: { bad: ['redirect-double-slash', 'redirect-double-query'], good: ['redirect-once'] },
  REDIRECT_LOSES_VDIR_PATH: {
    bad: ['redirect-loses-vdir-path', 'redirect-to-www-loses-vdir-path'],
    good: ['redirect-keeps-vdir-path', 'redirect-to-www'],
  },
  REDIRECT_LOOP: {
    bad: ['redirect-loop-of-host', 'redirect-loop-of-slash'],
    good: ['redirect-to-other-host', 'redirect-to-new-server', 'redirect-behind-proxy'],
  },
  CLIENT_REDIRECTED_TO_HTTPS: { bad: ['client-without-tls'], good: ['client-with-tls', 'client-upgraded-to-tls'] },
  OUTBOUND_BODY_RULE: {
    bad: ['outbound-all-bodies', 'outbound-behind-proxy-compressed'],
    good: ['outbound-html-only', 'outbound-behind-proxy-plain'],
  },
};
