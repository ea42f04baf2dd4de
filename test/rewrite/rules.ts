import {
  type CompiledRewrite,
  compileRewrite,
  cookUrl,
  type RewriteAction,
  type RewriteCondition,
  type RewriteConfig,
  type RewriteOptions,
  type RewriteRequest,
  type RewriteResult,
  type RewriteRule,
  type RewriteSite,
  rewrite,
} from '../../src/rewrite/index.js';

type Written = Partial<Omit<RewriteRule, 'match' | 'conditions' | 'action' | 'serverVariables'>> & {
  match?: string | { url: string; ignoreCase?: boolean; negate?: boolean };
  conditions?: readonly Partial<RewriteCondition>[];
  set?: Record<string, string>;
  serverVariables?: RewriteRule['serverVariables'];
  action?: RewriteAction;
};

let counter = 0;

/** A rule as a person writes it: what is left out has the schema's default. */
export function rule({ match, conditions, set, ...rest }: Written): RewriteRule {
  return {
    name: `rule ${++counter}`,
    enabled: true,
    scope: 'Distributed',
    patternSyntax: 'ECMAScript',
    stopProcessing: false,
    logicalGrouping: 'MatchAll',
    trackAllCaptures: false,
    action: { type: 'None' },
    basePath: '',
    origin: undefined,
    serverVariables: Object.entries(set ?? {}).map(([name, value]) => ({ name, value, replace: true })),
    ...rest,
    match:
      match === undefined
        ? undefined
        : { ignoreCase: true, negate: false, ...(typeof match === 'string' ? { url: match } : match) },
    conditions: (conditions ?? []).map((condition) => ({
      input: undefined,
      matchType: 'Pattern',
      pattern: undefined,
      ignoreCase: true,
      negate: false,
      ...condition,
    })),
  };
}

export const to = (url: string, appendQueryString = true): RewriteAction => ({
  type: 'Rewrite',
  url,
  appendQueryString,
});

export const redirect = (
  url: string,
  status: 301 | 302 | 303 | 307 = 301,
  appendQueryString = true,
): RewriteAction => ({ type: 'Redirect', url, appendQueryString, status });

export function config(rules: readonly RewriteRule[], rest: Partial<RewriteConfig> = {}): RewriteConfig {
  return { globalRules: [], rules, maps: [], allowedServerVariables: [], ...rest };
}

/** A GET of `target` from localhost. */
export function request(target: string, rest: Partial<RewriteRequest> = {}): RewriteRequest {
  const cooked = cookUrl(target);
  if ('error' in cooked) throw new Error(cooked.error);
  return {
    method: 'GET',
    scheme: 'http',
    host: 'example.org',
    rawUrl: target,
    path: cooked.path,
    query: cooked.query,
    headers: { host: 'example.org' },
    protocol: 'HTTP/1.1',
    remoteAddress: '192.0.2.7',
    remotePort: 50123,
    localAddress: '192.0.2.1',
    localPort: 80,
    ...rest,
  };
}

/** A site at C:\site with the application /dante at C:\dante; only the given files and folders exist. */
export function site(files: readonly string[] = [], folders: readonly string[] = []): RewriteSite {
  const map = (path: string): string => {
    const inApp = /^\/dante(\/|$)/i.test(path);
    return `${inApp ? `C:\\dante${path.slice(6)}` : `C:\\site${path}`}`.replaceAll('/', '\\').replace(/\\$/, '');
  };
  return {
    siteName: 'Default Web Site',
    siteId: 1,
    poolName: 'DefaultAppPool',
    applicationPath: '/dante',
    applicationPhysicalPath: 'C:\\dante\\',
    sitePhysicalPath: 'C:\\site',
    mapPath: map,
    isFile: (path) => files.includes(path),
    isDirectory: (path) => folders.includes(path),
  };
}

interface RunOptions {
  readonly config?: Partial<RewriteConfig>;
  readonly request?: Partial<RewriteRequest>;
  readonly site?: RewriteSite;
  readonly options?: RewriteOptions;
}

/** Run rules against a target. */
export function run(target: string, rules: readonly RewriteRule[], options: RunOptions = {}): RewriteResult {
  const compiled: CompiledRewrite = compileRewrite(config(rules, options.config));
  return rewrite(request(target, options.request), compiled, options.site ?? site(), options.options);
}

/** Path and query a run ends with. */
export function urlAfter(target: string, rules: readonly RewriteRule[], options: RunOptions = {}): string {
  const { path, query } = run(target, rules, options);
  return query === '' ? path : `${path}?${query}`;
}
