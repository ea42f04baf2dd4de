declare const BUILD_VERSION: string | undefined;

/** This package's version; inserted by the build. */
export const version: string = typeof BUILD_VERSION === 'string' ? BUILD_VERSION : '0.0.0-source';

/** Where the package is described. */
export const informationUri = 'https://www.npmjs.com/package/iisnode-sock';

/** The section of a rule in docs/rules.md of this version. */
export const helpUriOf = (rule: string): string =>
  `https://unpkg.com/iisnode-sock@${version}/docs/rules.md#${rule.toLowerCase()}`;
