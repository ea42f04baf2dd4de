import type { Origin } from '../config/index.js';
import type { PatternSyntax, RewriteCondition } from './condition-types.js';
import type { OutboundConfig } from './outbound/types.js';

export type * from './condition-types.js';

/** A request for URL Rewrite. Header names are lower case. */
export interface RewriteRequest {
  readonly method: string;
  readonly scheme: 'http' | 'https';
  /** The Host header, port included. */
  readonly host: string;
  /** The request target as the client sent it. */
  readonly rawUrl: string;
  /** Cooked: decoded once, slashes collapsed, dots resolved; starts with '/'. */
  readonly path: string;
  /** Without '?', as sent. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly protocol: string;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
}

/** The site of the request: names, and the engine's access to the disk. */
export interface RewriteSite {
  readonly siteName: string;
  readonly siteId: number;
  readonly poolName: string;
  /** '/' or '/dante'. */
  readonly applicationPath: string;
  readonly applicationPhysicalPath: string;
  readonly sitePhysicalPath: string;
  /** URL path -> physical path. */
  mapPath(path: string): string;
  isFile(physicalPath: string): boolean;
  isDirectory(physicalPath: string): boolean;
}

/** globalRules, or rules of any level. */
export type RewriteScope = 'Global' | 'Distributed';

export type RewriteAction =
  | { readonly type: 'None' }
  | {
      readonly type: 'Rewrite';
      readonly url: string;
      readonly appendQueryString: boolean;
      /** The log shows the rewritten URL. Not available for global rules; false by default. */
      readonly logRewrittenUrl?: boolean;
    }
  | {
      readonly type: 'Redirect';
      readonly url: string;
      readonly appendQueryString: boolean;
      readonly status: 301 | 302 | 303 | 307;
    }
  | {
      readonly type: 'CustomResponse';
      readonly status: number;
      readonly subStatus: number;
      readonly reason: string;
      readonly description: string;
    }
  | { readonly type: 'AbortRequest' };

export interface RewriteRule {
  readonly name: string;
  readonly enabled: boolean;
  readonly scope: RewriteScope;
  readonly patternSyntax: PatternSyntax;
  readonly stopProcessing: boolean;
  /** undefined: no match element, matches everything. */
  readonly match: { readonly url: string; readonly ignoreCase: boolean; readonly negate: boolean } | undefined;
  readonly logicalGrouping: 'MatchAll' | 'MatchAny';
  readonly trackAllCaptures: boolean;
  readonly conditions: readonly RewriteCondition[];
  readonly serverVariables: readonly { readonly name: string; readonly value: string; readonly replace: boolean }[];
  readonly action: RewriteAction;
  /** URL path of the level that owns the rule: '' for the site's root and global rules, '/dante'. */
  readonly basePath: string;
  /** The section's useOriginalURLEncoding (URL Rewrite 2.1), true by default: escapes in an action's URL are text. */
  readonly useOriginalUrlEncoding?: boolean;
  readonly origin: Origin | undefined;
}

export interface RewriteMap {
  readonly name: string;
  readonly defaultValue: string;
  readonly ignoreCase: boolean;
  readonly entries: ReadonlyMap<string, string>;
}

/** The effective rewrite sections of one path, as plain data. */
export interface RewriteConfig {
  readonly globalRules: readonly RewriteRule[];
  readonly rules: readonly RewriteRule[];
  readonly maps: readonly RewriteMap[];
  readonly allowedServerVariables: readonly string[];
  /** Names of custom providers: .NET code, which is not run; a rule that uses one is an error. */
  readonly providers?: readonly string[];
  /** outboundRules; they run by rewriteResponse. */
  readonly outbound?: OutboundConfig;
}

/** An error in one rule: it makes every request of its scope fail. */
export interface CompileProblem {
  readonly rule: RewriteRule;
  /** The sentence of IIS's error page. */
  readonly message: string;
  /** An explanation of what is wrong at which position. */
  readonly detail: string;
}

/** Rules ready to run; created by compileRewrite. */
export interface CompiledRewrite {
  readonly config: RewriteConfig;
  /** Empty without errors. */
  readonly problems: readonly CompileProblem[];
}

export interface RewriteOptions {
  /**
   * Called after the global rules with the resulting URL: returns the rules for that URL, or undefined to end
   * the run there (request filtering refused it). Without it the rules of `compiled` run.
   */
  readonly distributed?: (path: string, query: string) => CompiledRewrite | undefined;
  /**
   * Continue after an earlier run for the same request, like the distributed rules after the global ones: with its URL, headers
   * and variables, and X-Original-URL stays the URL at its start.
   */
  readonly after?: RewriteResult;
}

export type RuleVerdict =
  | 'applied'
  | 'not-matched'
  | 'condition-failed'
  | 'skipped-disabled'
  | 'skipped-after-stop'
  | 'skipped-out-of-scope';

export interface ConditionStep {
  readonly input: string;
  readonly expanded: string;
  readonly matchType: string;
  readonly pattern: string | undefined;
  readonly negate: boolean;
  readonly matched: boolean;
}

/** The result of one rule. Every rule appears once, in the order of evaluation. */
export interface RuleStep {
  readonly rule: RewriteRule;
  readonly verdict: RuleVerdict;
  /** The string the pattern was tested against; undefined when it was not tested. */
  readonly input: string | undefined;
  /** {R:0}, {R:1}, ... */
  readonly captures: readonly string[];
  readonly conditions: readonly ConditionStep[];
  /** Path and query, or location, that the action created. */
  readonly result: string | undefined;
  readonly note: string | undefined;
  /** Server variables and headers the rule set, with their expanded values; absent when it set none. */
  readonly variables?: readonly { readonly name: string; readonly value: string }[];
}

export type RewriteOutcome =
  | { readonly kind: 'pass' }
  /** `originalUrl` is the value of X-Original-URL. */
  | { readonly kind: 'rewrite'; readonly originalUrl: string }
  | { readonly kind: 'proxy'; readonly url: string }
  | { readonly kind: 'redirect'; readonly status: number; readonly location: string }
  | {
      readonly kind: 'custom';
      readonly status: number;
      readonly subStatus: number;
      readonly reason: string;
      readonly description: string;
    }
  | { readonly kind: 'abort' }
  | {
      readonly kind: 'error';
      readonly status: 500;
      readonly subStatus: 50 | 51 | 52 | 53;
      readonly message: string;
      readonly rule: RewriteRule | undefined;
    };

export interface RewriteResult {
  readonly outcome: RewriteOutcome;
  /** Decoded path and query after the run. */
  readonly path: string;
  readonly query: string;
  /** Request headers the run set (lower-case names); '' empties one. */
  readonly headers: Readonly<Record<string, string>>;
  /** Other server variables the run set (upper-case names). */
  readonly variables: Readonly<Record<string, string>>;
  /** Decoded path and query before the first rewrite ({HTTP_X_ORIGINAL_URL}); undefined when nothing was rewritten. */
  readonly originalUrl: string | undefined;
  readonly steps: readonly RuleStep[];
}
