import { findElement, setAttributeEdit, type XmlElement } from '../../../xml/index.js';
import { placeOfRule, redirectedBy, runningRules, urlsFor } from '../../facts/rewrite-rules.js';
import type { RuleFinding } from '../../types.js';
import { defineRule } from '../define-rule.js';
import { editWebConfig } from '../web-config-edits.js';

interface FixData {
  readonly action: XmlElement;
  /** The action's URL without the second slash; undefined: the query is what is there twice. */
  readonly url: string | undefined;
}

/** A parameter that no app has. */
const parameter = 'iisq';
/** A slash before a variable that starts with one. */
const slashBeforePath = /\/(\{(?:REQUEST_URI|URL|PATH_INFO|HTTP_URL|UNENCODED_URL|SCRIPT_NAME)\})/i;

/** What a Location has twice. */
function doubledIn(location: string): 'slash' | 'query' | undefined {
  if (!URL.canParse(location)) return undefined;
  const { pathname, searchParams } = new URL(location);
  if (pathname.includes('//')) return 'slash';
  return searchParams.getAll(parameter).length > 1 ? 'query' : undefined;
}

/** A redirect whose Location has a slash or the query string twice. */
export const redirectLocationDoubled = defineRule<FixData>({
  code: 'REDIRECT_LOCATION_DOUBLED',
  severity: 'warning',
  title: 'A redirect leads to a URL with a slash or the query string twice',
  why: 'Visitors get URLs such as https://example.com//page or /page?id=1&id=1: routes do not match, and parameters become lists.',
  help: `{REQUEST_URI} starts with a slash and has the query string: write https://{HTTP_HOST}{REQUEST_URI} without a slash between, and with
appendQueryString="false", because a rule appends the query string of the request by default. {QUERY_STRING} in the URL needs it too.
--fix removes the slash, or adds the attribute.`,
  check(facts) {
    return runningRules(facts).flatMap((rule): RuleFinding<FixData>[] => {
      const { action } = rule;
      if (action.type !== 'Redirect') return [];
      const urls = urlsFor(facts, rule).map((url) => `${url}?${parameter}=1`);
      const redirected = redirectedBy(facts, rule, urls);
      const doubled = redirected && doubledIn(redirected.location);
      if (redirected === undefined || doubled === undefined) return [];
      const element = facts.query.ownElement(rule.origin);
      const found = element && findElement(element, 'action');
      const url = doubled === 'slash' ? action.url.replace(slashBeforePath, '$1') : undefined;
      return [
        {
          message: `Rule "${rule.name}" redirects ${redirected.journey.url} to ${redirected.location}.`,
          fix: doubled === 'slash' ? 'No slash before {REQUEST_URI}.' : 'appendQueryString="false"',
          ...placeOfRule(facts, rule),
          ...(found && url !== action.url && { data: { action: found, url } }),
        },
      ];
    });
  },
  fix(facts, { data }) {
    if (!data) return [];
    const { action, url } = data;
    return editWebConfig(facts, (doc) =>
      url === undefined
        ? setAttributeEdit(doc, action, 'appendQueryString', 'false')
        : setAttributeEdit(doc, action, 'url', url),
    );
  },
});
