/**
 * Options that change how node runs a program. Left out: a debugger, watching and tests, which are for development, options that name
 * files (-r, --import, --env-file: the loader has them), and those that start something else than a file.
 */
const kept = new RegExp(
  `^--(?:${[
    'max-[\\w-]+-size|semi-space-[\\w-]+|stack-size|stack-trace-limit|expose[-_]gc|optimize-for-size|harmony[\\w-]*|jitless',
    'experimental-(?!loader|test|default-config|config|sea|policy)[\\w-]+|strip-types|enable-source-maps|conditions|preserve-symlinks[\\w-]*',
    'no-(?:warnings|deprecation|addons|opt|global-search-paths|experimental-[\\w-]+|network-family-autoselection)',
    '(?:trace|throw|pending)-(?:deprecation|warnings|uncaught|sync-io|sigint|exit)|disable-(?:proto|warning)|unhandled-rejections|frozen-intrinsics',
    'openssl-legacy-provider|use-(?:openssl|bundled|system)-ca|tls-(?:cipher-list|m(?:ax|in)-v[\\d.]+)|dns-result-order|insecure-http-parser',
  ].join('|')})$`,
);

/**
 * One option of node as iisnode must give it to node, in nodeProcessCommandLine; undefined for an option that is not for a server.
 *
 * @param name Without its value: '--max-old-space-size', '-C'.
 * @param value '' where it has none.
 */
export function nodeOption(name: string, value: string): string | undefined {
  const long = name === '-C' ? '--conditions' : name;
  if (!kept.test(long) || !/^[\w.:,!+-]*$/.test(value)) return undefined;
  return value === '' ? long : `${long}=${value}`;
}

/** Options of node that use the next word as their value when written without "=". */
export const takesNextWord = new Set([
  '-r',
  '--require',
  '--import',
  '--loader',
  '--experimental-loader',
  '-C',
  '--conditions',
  '--env-file',
  '--env-file-if-exists',
  '--watch-path',
  '--title',
  '--max-http-header-size',
  '--unhandled-rejections',
  '--dns-result-order',
  '--disable-warning',
  '--stack-trace-limit',
]);
