import type { RewriteRule } from '../../../rewrite/index.js';
import type { Address, Journey } from '../../facts/journey.js';
import { placeOfRule, type Redirected, redirectedBy, runningRules, urlsFor } from '../../facts/rewrite-rules.js';
import type { FileFacts } from '../../types.js';
import { defineRule } from '../define-rule.js';
import { redirectsEverything } from '../symptoms.js';

/** Browsers give up after about 20. */
const mostHops = 8;

/** Everything that the engine knows of a request; a header that a proxy adds is not among it. */
const known =
  /^(\{(HTTPS|HTTP_HOST|SERVER_NAME|SERVER_PORT|SERVER_PORT_SECURE|REQUEST_URI|URL|PATH_INFO|SCRIPT_NAME|HTTP_URL|UNENCODED_URL|CACHE_URL|QUERY_STRING|REQUEST_METHOD|REQUEST_FILENAME|[RC]:\d)\}|[^{}])*$/i;

/** Where a redirect leads, as a URL of the app and the address it is asked at; undefined outside of the app. */
function next(facts: FileFacts, location: string): { readonly url: string; readonly address: Address } | undefined {
  if (!URL.canParse(location)) return undefined;
  const { protocol, host, pathname, search } = new URL(location);
  const vdirPath = facts.site?.vdirPath ?? '/';
  const prefix = vdirPath === '/' ? '/' : `${vdirPath}/`;
  const isBelow = pathname.toLowerCase().startsWith(prefix.toLowerCase());
  // An assumed vdir path may be wrong: at the root this is a URL of the app.
  if (!isBelow && facts.vdirPath !== undefined) return undefined;
  const scheme = protocol === 'http:' ? 'http' : 'https';
  return { url: pathname.slice(isBelow ? prefix.length : 1) + search, address: { scheme, host } };
}

/** The Locations that follow on one another; undefined where they end. */
function loopFrom(facts: FileFacts, start: string): readonly string[] | undefined {
  const seen = [start];
  for (let hop = 0; hop < mostHops; hop += 1) {
    const at = next(facts, seen.at(-1) ?? '');
    const journey: Journey | undefined = at && facts.query.journey(at.url, { address: at.address, followed: false });
    if (journey?.rewrite.kind !== 'redirect') return undefined;
    const { location } = journey.rewrite;
    if (seen.includes(location)) return seen;
    seen.push(location);
  }
  return seen;
}

const isPredictable = ({ conditions }: RewriteRule): boolean =>
  conditions.every(({ input }) => known.test(input ?? ''));

/** Another host is this site again where the rule asks for the host, and perhaps another server where it does not. */
function isElsewhere({ conditions }: RewriteRule, { location, address }: Redirected): boolean {
  if (!URL.canParse(location) || new URL(location).host === address.host) return false;
  return !conditions.some(({ input }) => /\{(HTTP_HOST|SERVER_NAME|CACHE_URL)\}/i.test(input ?? ''));
}

/** A redirect that answers its own Location again. */
export const redirectLoop = defineRule({
  code: 'REDIRECT_LOOP',
  severity: 'error',
  explains: redirectsEverything,
  title: 'A redirect leads to itself',
  why: 'Browsers report "redirected you too many times" (ERR_TOO_MANY_REDIRECTS), and the page never opens.',
  help: `The URL that a redirect leads to is asked again, and the same rules run. A condition on the host must not hold for the new host: the
pattern "example.com" also matches www.example.com; write ^example\\.com$. A redirect to https needs a condition on {HTTPS}, one that
adds a slash needs a pattern that a slash at the end does not match. Where TLS ends at a proxy before IIS, {HTTPS} is always off: test
{HTTP_X_FORWARDED_PROTO} as well, which the doctor cannot see.`,
  check(facts) {
    const rules = runningRules(facts);
    if (!rules.every(isPredictable)) return [];
    return rules.flatMap((rule) => {
      if (rule.action.type !== 'Redirect') return [];
      for (const url of urlsFor(facts, rule)) {
        const redirected = redirectedBy(facts, rule, [url]);
        const all = redirected && facts.query.journey(url, { address: redirected.address, followed: false });
        if (!redirected || all?.applied.at(-1)?.rule !== rule || isElsewhere(rule, redirected)) continue;
        const loop = loopFrom(facts, redirected.location);
        if (loop === undefined) continue;
        const last = loop.at(-1) ?? redirected.location;
        const message = `Rule "${rule.name}" redirects ${redirected.location} again, to ${last === loop[0] ? 'the same URL' : last}.`;
        return [{ message, ...placeOfRule(facts, rule) }];
      }
      return [];
    });
  },
});
