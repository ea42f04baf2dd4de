import type { Groups } from './pattern.js';
import type { StepBudget } from './regex/bounded-match.js';
import type { RewriteRequest, RewriteResult, RewriteSite } from './types.js';

/** No groups: nothing matched, or a negated match. */
export const noGroups: Groups = [];

/** The state of one run. Rules read it through expansions, actions write to it. */
export class RewriteState {
  /** Decoded, starts with '/'. */
  path: string;
  query: string;
  /** Request headers set by rules, lower-case names; undefined while there are none. */
  headers: Record<string, string> | undefined;
  /** Server variables set by rules, upper-case names; undefined while there are none. */
  variables: Map<string, string> | undefined;
  /** Decoded path and query before the first rewrite; undefined while nothing was rewritten. */
  originalUrl: string | undefined;
  /** {R:n} */
  ruleGroups: Groups = noGroups;
  /** {C:n} */
  conditionGroups: Groups = noGroups;
  /** Response headers, lower-case names: outbound rules only. */
  responseHeaders: Readonly<Record<string, string>> | undefined;
  /** The remaining budget of steps for all matches; undefined: each has its own limit. */
  budget: StepBudget | undefined;
  private mappedPath: string | undefined;
  private mapped = '';
  private joinedPath: string | undefined;
  private joinedQuery = '';
  private joined = '';

  constructor(
    readonly request: RewriteRequest,
    readonly site: RewriteSite,
  ) {
    this.path = request.path;
    this.query = request.query;
  }

  /** Continue after an earlier run. */
  continueFrom({ path, query, headers, variables, originalUrl }: RewriteResult): void {
    this.path = path;
    this.query = query;
    this.headers = { ...headers };
    this.originalUrl = originalUrl;
    for (const [name, value] of Object.entries(variables)) this.setVariable(name, value);
  }

  /** Physical path of the current URL. */
  get filename(): string {
    if (this.mappedPath !== this.path) {
      this.mapped = this.site.mapPath(this.path);
      this.mappedPath = this.path;
    }
    return this.mapped;
  }

  /** The current URL: decoded path, and the query if there is one. Cached, because each rule reads it. */
  get url(): string {
    if (this.joinedPath !== this.path || this.joinedQuery !== this.query) {
      this.joinedPath = this.path;
      this.joinedQuery = this.query;
      this.joined = this.query === '' ? this.path : `${this.path}?${this.query}`;
    }
    return this.joined;
  }

  /** The current value of a request header; undefined when there is none. */
  header(name: string): string | undefined {
    return (this.headers && ownValue(this.headers, name)) ?? ownValue(this.request.headers, name);
  }

  setHeader(name: string, value: string): void {
    // A name cannot be __proto__: a variable's underscores were replaced by hyphens.
    if (this.headers === undefined) this.headers = { [name]: value };
    else this.headers[name] = value;
  }

  /** The first rewrite: keeps the original URL, decoded for the variable and as `header` for X-Original-URL. */
  markRewritten(header: string): void {
    this.originalUrl = this.url;
    if (this.headers === undefined) this.headers = { 'x-original-url': header };
    else this.headers['x-original-url'] = header;
  }

  setVariable(name: string, value: string): void {
    this.variables ??= new Map();
    this.variables.set(name, value);
  }
}

function ownValue(headers: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(headers, name) ? headers[name] : undefined;
}

/** `HTTP_X_FORWARDED_PROTO` or `RESPONSE_CONTENT_TYPE` without its prefix -> the header's name in lower case. */
export function headerNameOf(variable: string, prefix: 'HTTP_' | 'RESPONSE_'): string {
  return variable.slice(prefix.length).replaceAll('_', '-').toLowerCase();
}
