import type { PatternSyntax } from './types.js';

/**
 * Every choice about URL Rewrite that no public source answers, in one place. Each is (unconfirmed): it was not
 * measured on a real IIS for this project. If a measurement shows something else, change it here.
 *
 * These choices, unconfirmed too, are the shape of the code rather than a value:
 * - an inherited rule keeps the base of its own level also in a child application (read-config.ts);
 * - `/dante` without slash gives the rules of /dante an empty input, as `/dante/` does (rewrite.ts, relativePath);
 * - rules of a directory that the URL has left are skipped (rewrite.ts);
 * - `^` and `$` are the ends of the input, not of its lines (regex/to-javascript.ts, regex/bounded-match.ts);
 * - letters beyond ASCII fold as in JavaScript (regex/char-set.ts);
 * - the wildcards `*` and `?` cannot be escaped, nor can braces in a text to expand (pattern.ts, expansion.ts);
 * - `R` and `C` of a back-reference are capitals: `{r:1}` asks for a map called `r` (expansion.ts);
 * - a Rewrite or Redirect without url leads to the directory of its rule (target.ts);
 * - a rule sets its own X-Original-URL over the one a client sent (state.ts);
 * - an empty value of a request header is sent as one, and removes nothing (actions.ts);
 * - DOCUMENT_ROOT and the APPL_ variables do not follow a rewrite (server-variables.ts);
 * - outbound rules may set any response header: no allowedServerVariables entry is asked for (outbound/);
 * - an outbound match without pattern holds for every value (outbound/compile.ts);
 * - `{UrlDecode:}` reads bytes that are not UTF-8 as U+FFFD (functions.ts);
 * - values of enumerations are compared ignoring case (the configuration system);
 * - rules do not run again for child requests: default documents, error pages (the host);
 * - useOriginalURLEncoding="false" decodes the path of a rewritten URL once (target.ts);
 * - a Rewrite to another host ends the run, also without stopProcessing (actions.ts);
 * - within one rule, server variables and the action's URL expand from the same snapshot (actions.ts);
 * - the path of a rewritten URL is decoded text: `%20` in an action stays three characters (target.ts);
 * - a Location keeps the escapes its author wrote (encode.ts);
 * - `a.js?` with a query after it results in that query, without an empty part before it (target.ts);
 * - `{{NAME}}` reads as the variable called `{NAME}`, which does not exist (expansion.ts);
 * - forward references, unmatched `]` and `}`, and `\_` are refused, as in std::regex's grammar (regex/parse.ts);
 * - an outbound rule on a header or an attribute replaces all of the value, on the body the match alone, and an empty
 *   value removes a header; rules on tags run before rules on the whole body (outbound/rewrite-response.ts).
 */

/** (unconfirmed) Steps after which a match is "too complex". The C++ library's own limit counts differently. */
export const maxMatchSteps = 1_000_000;

/** (unconfirmed) Patterns longer than this are refused as too complex. */
export const maxPatternLength = 16_384;

/** (unconfirmed) Wildcard `*` takes as much as it can when several splits are possible (`* / *` on `a/b/c`). */
export const wildcardIsGreedy = true;

/** (unconfirmed) {R:0} of a negated match. As in ASP.NET Core's port: empty, but for ExactMatch the input. */
export function wholeOfNegatedMatch(syntax: PatternSyntax, input: string): string {
  return syntax === 'ExactMatch' ? input : '';
}

/** (unconfirmed) {R:0} of a rule without `<match>` is the whole input, {R:1} and up are empty. */
export function wholeOfMissingMatch(input: string): string {
  return input;
}

/** (unconfirmed) A Pattern condition without `pattern` matches every input. */
export const missingConditionPattern = '';

/** (unconfirmed) IsFile and IsDirectory clear the groups of the previous condition, like negated conditions. */
export const fileTestsWipeCaptures = true;

/** (unconfirmed) A group number above the pattern's groups is an empty string. */
export const missingGroup = '';

/** (unconfirmed) A variable that is neither known nor a header of the request is an empty string. */
export const unknownVariable = '';

/** (unconfirmed) Function, map and provider names are compared ignoring case. */
export const foldName = (name: string): string => name.toLowerCase();

/** (unconfirmed) Text of the error for `{Name:key}` when there is no function, map or provider of that name. */
export const unknownMapMessage = (name: string): string => `The rewrite map or function "${name}" cannot be found.`;

/** (unconfirmed) Custom .NET providers are not emulated; a rule that uses one fails, because its result cannot be known. */
export const providerMessage = (name: string): string =>
  `The rewrite provider "${name}" cannot be loaded: providers are .NET code, which is not run here.`;

/** (unconfirmed) Text of the error for `{` without `}`. */
export const unclosedBraceMessage = (text: string): string =>
  `The expression "${text}" contains an unmatched '{' or '}'.`;

/** (unconfirmed) Text of the error for `{R:x}` where x is not a number. */
export const badReferenceMessage = (text: string): string =>
  `The expression "${text}" contains an invalid back reference.`;

/** (unconfirmed) Text of the error for a CustomResponse without a status code. */
export const missingStatusMessage = (rule: string): string =>
  `The rule "${rule}" has a CustomResponse action without a valid status code.`;

/** (unconfirmed) Value of {HTTPS}: lower case on real servers, upper case in the reference. */
export const httpsValue = (secure: boolean): string => (secure ? 'on' : 'off');

/** (unconfirmed) {HTTP_URL} follows the rewritten URL; {UNENCODED_URL} does not. */
export const httpUrlFollowsRewrite = true;

/** (unconfirmed) Location is sent as an absolute URL when the rule gives a path. */
export const locationIsAbsolute = true;

/** (unconfirmed) {URL} and similar variables follow the rewritten URL also in outbound rules. */
export const outboundUrlFollowsRewrite = true;

/** (unconfirmed) {CACHE_URL} follows the rewritten URL. */
export const cacheUrlFollowsRewrite = true;

/** (unconfirmed) Status codes a CustomResponse can send; the schema alone refuses 300 to 307. */
export const isCustomStatus = (status: number): boolean => status >= 200 && status <= 999;

/** (unconfirmed) Sub-status when an outbound rule names something unknown: it is read with the inbound rules. */
export const unknownNameSubStatus = 50;

/** (unconfirmed) An invalid pattern in a disabled rule is not an error: it is not read. */
export const disabledRulesAreCompiled = false;

/** (unconfirmed) stopProcessing of a global rule ends the global run only; the distributed rules still run. */
export const globalStopEndsDistributed = false;

/** (unconfirmed) Characters that {UrlEncode:} does not encode: RFC 3986's unreserved ones. */
export const urlEncodeKeeps = /[A-Za-z0-9\-._~]/;

/** (unconfirmed) HTTP.sys reads escapes that are not UTF-8 as Latin-1 (KB820129: EnableNonUTF8 is on by default). */
export const nonUtf8IsLatin1 = true;

/** (unconfirmed) The limit of steps for all matches of one outbound rule in one body, by its number of characters. */
export const maxBodySteps = (length: number): number => 5_000_000 + 20 * length;

/** (unconfirmed) Text of the error for a preCondition or customTags name that is not defined. */
export const unknownOutboundNameMessage = (kind: 'preCondition' | 'customTags', name: string): string =>
  `The outbound ${kind} "${name}" cannot be found.`;

/** (unconfirmed) Text of the error for Wildcard on a whole body, which the configuration reference rules out. */
export const wildcardBodyMessage = (rule: string): string =>
  `The outbound rule "${rule}" uses wildcards without tag filters.`;
