import type { Origin } from '../../config/index.js';
import { remembered } from '../../remembered.js';
import { failure, type StageFailure } from './failure.js';
import type { FilteringRule, ListedName, RequestFilteringRules } from './request-filtering-rules.js';

/** The input of request filtering: the request as the client sent it, before the rules of URL Rewrite. */
export interface FilteredRequest {
  readonly method: string;
  /** Path of the request target, percent-encoded as sent. */
  readonly rawPath: string;
  /** The same, decoded and normalised. */
  readonly path: string;
  /** Without '?', as sent. */
  readonly query: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** From the site's limits (`maxUrlSegmentsOf`); 32 by default (IIS_schema.xml). */
  readonly maxUrlSegments?: number;
}

/** The first entry of each extension, in lower case. */
const extensionsOf = remembered((entries: RequestFilteringRules['fileExtensions']) => {
  const byName = new Map<string, (typeof entries)[number]>();
  for (const entry of entries) if (!byName.has(entry.name.toLowerCase())) byName.set(entry.name.toLowerCase(), entry);
  return byName;
});
/** In lower case. */
const namesOf = remembered((entries: readonly ListedName[]) => entries.map(({ name }) => name.toLowerCase()));

type Check = (request: FilteredRequest, rules: RequestFilteringRules) => StageFailure | undefined;

/** In the order of the checks here; which of several violations IIS reports first is unconfirmed. */
const checks: readonly Check[] = [
  urlLength,
  queryLength,
  segmentCount,
  doubleEscape,
  highBit,
  verb,
  urlSequence,
  fileExtension,
  hiddenSegment,
  contentLength,
  headerLength,
  queryStringSequence,
  filteringRules,
];

/**
 * The result of request filtering (learn.microsoft.com, "Use Request Filtering"): undefined allows the request, else the 404
 * with its sub-status. Pure; `serve` and `trace` use the same function.
 */
export function filterRequest(request: FilteredRequest, rules: RequestFilteringRules): StageFailure | undefined {
  for (const check of checks) {
    const verdict = check(request, rules);
    if (verdict !== undefined) return verdict;
  }
  return undefined;
}

function denied(subStatus: number, detail: string, origin?: Origin): StageFailure {
  return failure(404, subStatus, detail, {
    module: 'RequestFilteringModule',
    notification: 'BeginRequest',
    ...(origin && { origin }),
  });
}

function urlLength({ rawPath }: FilteredRequest, rules: RequestFilteringRules): StageFailure | undefined {
  if (rawPath.length <= rules.maxUrl) return undefined;
  const detail = `The path has ${rawPath.length} characters; requestLimits/@maxUrl allows ${rules.maxUrl}.`;
  return denied(14, detail, rules.limitsOrigin('maxUrl'));
}

function queryLength({ query }: FilteredRequest, rules: RequestFilteringRules): StageFailure | undefined {
  if (query.length <= rules.maxQueryString) return undefined;
  const detail = `The query string has ${query.length} characters; requestLimits/@maxQueryString allows ${rules.maxQueryString}.`;
  return denied(15, detail, rules.limitsOrigin('maxQueryString'));
}

function segmentCount({ path, maxUrlSegments = 32 }: FilteredRequest): StageFailure | undefined {
  let count = 0;
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) count++;
  if (count <= maxUrlSegments) return undefined;
  return denied(20, `The URL has ${count} segments; the site's limits/@maxUrlSegments allows ${maxUrlSegments}.`);
}

/** Decoding once and twice differ; a plus sign in the path counts too, because the second pass reads it as a space. */
function doubleEscape({ rawPath }: FilteredRequest, rules: RequestFilteringRules): StageFailure | undefined {
  if (rules.allowDoubleEscaping || !/[+%]/.test(rawPath)) return undefined;
  const once = rawPath.replace(/%([0-9a-f]{2})/gi, (_, byte: string) => String.fromCharCode(Number.parseInt(byte, 16)));
  if (!/\+|%[0-9a-f]{2}/i.test(once)) return undefined;
  return denied(
    11,
    `The path ${rawPath} is escaped twice, or has a plus sign; requestFiltering/@allowDoubleEscaping is false.`,
    rules.switchOrigin('allowDoubleEscaping'),
  );
}

function highBit({ path }: FilteredRequest, rules: RequestFilteringRules): StageFailure | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the test is exactly for what is not ASCII
  if (rules.allowHighBitCharacters || /^[\x00-\x7f]*$/.test(path)) return undefined;
  const detail = 'The path has characters beyond ASCII; requestFiltering/@allowHighBitCharacters is false.';
  return denied(12, detail, rules.switchOrigin('allowHighBitCharacters'));
}

/** Verbs are case-sensitive (IIS_schema.xml: caseSensitive="true"). */
function verb({ method }: FilteredRequest, rules: RequestFilteringRules): StageFailure | undefined {
  const entry = rules.verbs.find(({ name }) => name === method);
  if (entry?.allowed ?? rules.allowUnlistedVerbs) return undefined;
  const origin = entry === undefined ? rules.switchOrigin('verbs') : entry.origin;
  return denied(6, `The verb ${method} is not allowed by requestFiltering/verbs.`, origin);
}

function urlSequence({ path }: FilteredRequest, rules: RequestFilteringRules): StageFailure | undefined {
  if (rules.denyUrlSequences.length === 0) return undefined;
  const lower = path.toLowerCase();
  if (rules.alwaysAllowedUrls.some((url) => url.toLowerCase() === lower)) return undefined;
  const entry = contained(lower, rules.denyUrlSequences);
  return entry && denied(5, `The path contains "${entry.name}", which denyUrlSequences forbids.`, entry.origin);
}

function fileExtension({ path }: FilteredRequest, rules: RequestFilteringRules): StageFailure | undefined {
  const extension = extensionOf(path);
  const entry = extensionsOf(rules.fileExtensions).get(extension);
  if (entry?.allowed ?? (rules.allowUnlistedExtensions || path.endsWith('/'))) return undefined;
  const origin = entry === undefined ? rules.switchOrigin('fileExtensions') : entry.origin;
  return denied(7, `The file extension ${extension} is denied by requestFiltering/fileExtensions.`, origin);
}

/** Compares whole path segments, anywhere in the path, ignoring case. */
function hiddenSegment({ path }: FilteredRequest, rules: RequestFilteringRules): StageFailure | undefined {
  if (rules.hiddenSegments.length === 0) return undefined;
  const lower = path.toLowerCase();
  if (!namesOf(rules.hiddenSegments).some((name) => lower.includes(name))) return undefined;
  const segments = lower.split('/');
  const entry = rules.hiddenSegments.find(({ name }) => segments.includes(name.toLowerCase()));
  return entry && denied(8, `The segment "${entry.name}" is hidden by requestFiltering/hiddenSegments.`, entry.origin);
}

function contentLength({ headers }: FilteredRequest, rules: RequestFilteringRules): StageFailure | undefined {
  const length = Number(headers['content-length'] ?? 0);
  if (!(length > rules.maxAllowedContentLength)) return undefined;
  const detail = `The body has ${length} bytes; requestLimits/@maxAllowedContentLength allows ${rules.maxAllowedContentLength}.`;
  return denied(13, detail, rules.limitsOrigin('maxAllowedContentLength'));
}

function headerLength({ headers }: FilteredRequest, rules: RequestFilteringRules): StageFailure | undefined {
  for (const { header, sizeLimit } of rules.headerLimits) {
    const size = headerOf(headers, header).length;
    if (size > sizeLimit)
      return denied(10, `The header ${header} has ${size} characters; headerLimits allows ${sizeLimit}.`);
  }
  return undefined;
}

/** A header's value; '' where the request does not have it. */
function headerOf(headers: FilteredRequest['headers'], name: string): string {
  return Object.hasOwn(headers, name) ? String(headers[name] ?? '') : '';
}

function queryStringSequence({ query }: FilteredRequest, rules: RequestFilteringRules): StageFailure | undefined {
  if (query === '' || rules.denyQueryStringSequences.length === 0) return undefined;
  const lower = query.toLowerCase();
  if (rules.alwaysAllowedQueryStrings.some((allowed) => allowed.toLowerCase() === lower)) return undefined;
  const entry = contained(queryText(query, rules).toLowerCase(), rules.denyQueryStringSequences);
  return (
    entry &&
    denied(18, `The query string contains "${entry.name}", which denyQueryStringSequences forbids.`, entry.origin)
  );
}

function filteringRules(request: FilteredRequest, rules: RequestFilteringRules): StageFailure | undefined {
  for (const rule of rules.filteringRules) {
    if (rule.appliesTo.length > 0 && !rule.appliesTo.includes(extensionOf(request.path))) continue;
    const text = scanned(request, rule, rules);
    const found = rule.denyStrings.find((denyString) => text.includes(denyString));
    if (found !== undefined) return denied(19, `Filtering rule "${rule.name}" denies "${found}".`, rule.origin);
  }
  return undefined;
}

function scanned(request: FilteredRequest, rule: FilteringRule, rules: RequestFilteringRules): string {
  const names = rule.scanAllRaw ? Object.keys(request.headers) : rule.scanHeaders;
  const parts = names.map((header) => headerOf(request.headers, header));
  if (rule.scanUrl) parts.push(request.path);
  if (rule.scanQueryString) parts.push(queryText(request.query, rules));
  return parts.join('\n').toLowerCase();
}

/** The query as sent and, with unescapeQueryString, decoded as well. */
const queryText = (query: string, { unescapeQueryString }: RequestFilteringRules): string =>
  unescapeQueryString ? `${query}\n${unescaped(query)}` : query;

const contained = (text: string, entries: readonly ListedName[]): ListedName | undefined =>
  entries.find(({ name }) => name !== '' && text.includes(name.toLowerCase()));

/** `.js`, lower case; '.' for a last segment without an extension, as in fileExtensions. */
function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot < 0 ? '.' : name.slice(dot).toLowerCase();
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // not valid UTF-8: only the raw text can be searched
  }
}
