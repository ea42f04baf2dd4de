/** The rules about URL Rewrite, their failing sites and their quiet twins. */
export const rewriteSites: Readonly<
  Record<string, { readonly bad: readonly string[]; readonly good: readonly string[] }>
> = {
  REWRITE_RULE_NEVER_MATCHES: {
    bad: [
      'pattern-leading-slash',
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
  SLASH_STAR_PATTERN: { bad: ['slash-star-folder', 'slash-star-captured'], good: ['slash-star-everything'] },
  REWRITE_RULE_DEAD: { bad: ['rule-never-reached'], good: ['rule-reached'] },
  FILE_TESTS_MATCH_ANY: { bad: ['file-tests-any'], good: ['file-tests-all'] },
  TARGET_OUTSIDE_APP: { bad: ['target-leading-slash', 'target-vdir-path'], good: ['target-in-app', 'target-at-root'] },
  REQUEST_URI_IN_TARGET: { bad: ['request-uri-in-target'], good: ['capture-in-target'] },
};
