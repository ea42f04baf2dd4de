import type { RewriteRule } from '../../../rewrite/index.js';
import { upTo } from '../../../trimmed.js';
import { findElement, setAttributeEdit } from '../../../xml/index.js';
import { bare, encoded, placeOfRule, runningRules, shapeOf, takes } from '../../facts/rewrite-rules.js';
import { socketRoute } from '../../facts/socket-route.js';
import type { FileFacts, RuleFinding } from '../../types.js';
import { defineRule } from '../define-rule.js';
import { everythingFails } from '../symptoms.js';
import { editWebConfig } from '../web-config-edits.js';

interface FixData {
  readonly rule: RewriteRule;
  readonly pattern: string;
}

/** What a pattern asks for that is never in the text it is tested against. */
interface Mistake {
  readonly kind: 'slash' | 'vdir-path' | 'query' | 'host';
  /** An input for which the rule was probably written, as URL Rewrite has it. */
  readonly meant: string;
  /** The pattern without the mistake, where that is sure. */
  readonly pattern?: string;
  /** It matches somewhere, below another folder. */
  readonly elsewhere: boolean;
}

const says: Readonly<Record<Mistake['kind'], string>> = {
  slash: 'without a leading slash',
  'vdir-path': "relative to the app, without the app's own path",
  query: 'without the query string',
  host: 'without scheme and host, and "//" is one slash there',
};

const fixes: Readonly<Record<Mistake['kind'], string>> = {
  slash: 'Leave out the leading slash.',
  'vdir-path': "Leave out the app's path.",
  query: 'A condition: <add input="{QUERY_STRING}" pattern=".." />',
  host: 'A condition: <add input="{HTTP_HOST}" pattern=".." />',
};

/** The pattern's text without its first characters, behind a "^". */
function withoutStart(text: string, start: RegExp): { readonly pattern: string } | Record<never, never> {
  const pattern = text.replace(start, '$1');
  return pattern === text || pattern === '' || pattern === '^' ? {} : { pattern };
}

function mistakeOf(facts: FileFacts, rule: RewriteRule): Mistake | undefined {
  const { match, basePath } = rule;
  const { samples = [], isAnchored = false } = shapeOf(rule) ?? {};
  const [first] = samples;
  if (!match || match.negate || first === undefined) return undefined;
  const all = (has: (sample: string) => boolean): boolean => samples.every(has);
  if (all((sample) => sample.includes('//'))) {
    return { kind: 'host', meant: first.replace(/^\w+:\/\/[^/]*\/?/, '').replaceAll('//', '/'), elsewhere: false };
  }
  if (all((sample) => sample.includes('?'))) {
    return { kind: 'query', meant: upTo(first, '?').replace(/^\//, ''), elsewhere: false };
  }
  if (all((sample) => sample.startsWith('/'))) {
    // "(.*)/x" asks for no slash at the start: its sample has something before it.
    const elsewhere = !isAnchored && rule.patternSyntax === 'ECMAScript';
    const start = rule.patternSyntax === 'ECMAScript' ? /^(\^?)\\?\// : /^()\//;
    return { kind: 'slash', meant: first.slice(1), elsewhere, ...withoutStart(match.url, start) };
  }
  const own = `${basePath.slice(1)}/`.toLowerCase();
  // An assumed path proves no mistake.
  if (own === '/' || facts.vdirPath === undefined || facts.folder.isDirectory(basePath.slice(1))) return undefined;
  if (!all((sample) => sample.toLowerCase().startsWith(own))) return undefined;
  const literal = own.replace(/[.*+?^${}()|[\]\\]/g, '\\\\?\\$&').replaceAll('/', '\\\\?/');
  const start = new RegExp(`^(\\^?)${literal}`, 'i');
  return { kind: 'vdir-path', meant: first.slice(own.length), elsewhere: false, ...withoutStart(match.url, start) };
}

/** Does the URL that was meant end where the rule would send it, by another rule, or at node, which may answer it itself? */
function isReachedAnyway(facts: FileFacts, rule: RewriteRule, meant: string): boolean {
  const end = facts.query.journey(encoded(meant));
  if (rule.action.type === 'Rewrite' && end?.isIisnode) return true;
  const wanted = facts.query.journeyWith([{ ...bare(rule), match: undefined }], encoded(meant));
  return end !== undefined && end.path === wanted?.path && end.outcome.kind === wanted.outcome.kind;
}

function finding(facts: FileFacts, rule: RewriteRule): RuleFinding<FixData> | undefined {
  const mistake = mistakeOf(facts, rule);
  if (mistake === undefined) return undefined;
  const { kind, meant, elsewhere, pattern } = mistake;
  // The engine has the last word.
  if (takes(facts, rule, meant)) return undefined;
  const isHarmless = elsewhere || isReachedAnyway(facts, rule, meant);
  const element = facts.query.ownElement(rule.origin);
  const what = elsewhere ? 'matches only below another folder' : 'never matches';
  return {
    ...(isHarmless && { severity: 'warning' }),
    message: `Rule "${rule.name}" ${what}: its pattern "${rule.match?.url}" is tested against "${meant}", ${says[kind]}.`,
    fix: pattern === undefined ? fixes[kind] : `<match url="${pattern}" />`,
    ...placeOfRule(facts, rule),
    ...(element && pattern !== undefined && { data: { rule, pattern } }),
  };
}

/** A pattern asks for a text that URL Rewrite never tests. */
export const rewriteRuleNeverMatches = defineRule<FixData>({
  code: 'REWRITE_RULE_NEVER_MATCHES',
  severity: 'error',
  explains: everythingFails,
  leadsTo: ['SOCKET_REWRITE_SWALLOWED', 'ROUTES_NOT_REWRITTEN'],
  title: 'The pattern of a rewrite rule never matches',
  why: 'The rule does nothing: requests that it was written for go on to the next rule, mostly to a 404.',
  help: `URL Rewrite tests the pattern of <match> against the path below the folder of web.config, decoded: no scheme, no host, no query
string, no leading slash, and in a virtual directory not the app's own path. For a request of /dante/api/users?id=1 to the app at /dante that
is "api/users". Query strings and hosts are tested by conditions on {QUERY_STRING} and {HTTP_HOST}. --fix removes a leading slash and
the app's own path from the pattern where it then takes the URL that was meant.`,
  check(facts) {
    const route = socketRoute(facts);
    // SOCKET_REWRITE_MISSING reports a rule that was meant for socket.io.
    const reported = route.kind === 'missing' ? route.wouldBe : undefined;
    return runningRules(facts)
      .filter((rule) => rule !== reported)
      .map((rule) => finding(facts, rule))
      .filter((made) => made !== undefined);
  },
  fix(facts, { data }) {
    const element = facts.query.ownElement(data?.rule.origin);
    const match = element && findElement(element, 'match');
    return match && data ? editWebConfig(facts, (doc) => setAttributeEdit(doc, match, 'url', data.pattern)) : [];
  },
});
