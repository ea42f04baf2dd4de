import { findElement, setAttributeEdit, type XmlElement } from '../../../xml/index.js';
import { encoded, placeOfRule, redirectedBy, runningRules, urlsFor } from '../../facts/rewrite-rules.js';
import type { RuleFinding } from '../../types.js';
import { defineRule } from '../define-rule.js';
import { redirectsEverything } from '../symptoms.js';
import { editWebConfig } from '../web-config-edits.js';

interface FixData {
  readonly action: XmlElement;
  readonly url: string;
}

/** The whole of the rest of the path, behind a host. */
const behindHost = /\/\{R:\d\}$/i;

/** A redirect to another scheme or host that forgets where the app is. */
export const redirectLosesVdirPath = defineRule<FixData>({
  code: 'REDIRECT_LOSES_VDIR_PATH',
  severity: 'error',
  explains: redirectsEverything,
  title: "A redirect leaves the app: the app's own path is lost",
  why: 'Visitors of a page of the app are sent to the same page at the root of the site, where there is another app or a 404.',
  help: `What a pattern matches is relative to the folder of web.config: for /dante/some/page, {R:1} of "(.*)" is some/page.
https://{HTTP_HOST}/{R:1} is therefore right at the root of a site only. Write url="https://{HTTP_HOST}{REQUEST_URI}" with
appendQueryString="false": {REQUEST_URI} is the whole path with the query string. --fix does so.`,
  check(facts) {
    // An assumed vdir path proves no mistake.
    if (facts.vdirPath === undefined) return [];
    return runningRules(facts).flatMap((rule): RuleFinding<FixData>[] => {
      const { action, basePath } = rule;
      if (action.type !== 'Redirect' || basePath === '' || !/^https?:\/\//i.test(action.url)) return [];
      const redirected = redirectedBy(facts, rule, urlsFor(facts, rule));
      const input = redirected?.journey.rules.find(
        (step) => step.rule === redirected.journey.applied.at(-1)?.rule,
      )?.input;
      if (!redirected || !input || !URL.canParse(redirected.location)) return [];
      const { pathname, host } = new URL(redirected.location);
      // To another host it may be meant, but not to one that is made of this one's name.
      const isSame = host === redirected.address.host || /\{(HTTP_HOST|SERVER_NAME)\}/i.test(action.url);
      if (pathname !== `/${encoded(input)}` || !isSame) return [];
      const element = facts.query.ownElement(rule.origin);
      const found = element && findElement(element, 'action');
      const url = action.url.replace(behindHost, '{REQUEST_URI}');
      return [
        {
          message: `Rule "${rule.name}" redirects ${redirected.journey.url} to ${redirected.location}, outside of ${basePath}.`,
          fix: 'url="https://{HTTP_HOST}{REQUEST_URI}" appendQueryString="false"',
          ...placeOfRule(facts, rule),
          ...(found && url !== action.url && { data: { action: found, url } }),
        },
      ];
    });
  },
  fix(facts, { data }) {
    if (!data) return [];
    const { action, url } = data;
    // In one edit each: the attribute that is added stands behind the last one.
    return editWebConfig(facts, (doc) => [
      ...setAttributeEdit(doc, action, 'url', url),
      ...setAttributeEdit(doc, action, 'appendQueryString', 'false'),
    ]);
  },
});
