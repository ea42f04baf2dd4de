import { findElement, setAttributeEdit, type XmlElement } from '../../../xml/index.js';
import { placeOfRule, runningRules } from '../../facts/rewrite-rules.js';
import { wrongTarget } from '../../facts/wrong-target.js';
import { defineRule } from '../define-rule.js';
import { everythingFails } from '../symptoms.js';
import { editWebConfig } from '../web-config-edits.js';

interface FixData {
  readonly action: XmlElement;
  readonly url: string;
}

/** Rules of an app in a virtual directory whose target is not in it. */
export const targetOutsideApp = defineRule<FixData>({
  code: 'TARGET_OUTSIDE_APP',
  severity: 'error',
  explains: everythingFails,
  leadsTo: ['SOCKET_REWRITE_MISSING', 'SOCKET_REWRITE_SWALLOWED', 'ROUTES_NOT_REWRITTEN'],
  title: 'A rewrite rule leads out of the app',
  why: 'Requests end at a URL of the site where the app has no file: 404, a file of another app, or 403.18 where that runs in another pool.',
  help: `The URL of an action is relative to the folder of web.config. With a leading slash it starts at the root of the site, outside of
an app in a virtual directory: url="/server.js" in the app at /dante is the site's /server.js, and url="dante/server.js" is
/dante/dante/server.js. Write url="server.js". --fix does so where the app has the file.`,
  check(facts) {
    return runningRules(facts).flatMap((rule) => {
      const wrong = wrongTarget(facts, rule);
      if (wrong === undefined) return [];
      const element = facts.query.ownElement(rule.origin);
      const action = element && findElement(element, 'action');
      const { path, url } = wrong;
      return [
        {
          message: `Rule "${rule.name}" leads to ${path}, but ${url} is in the app at ${rule.basePath}.`,
          fix: `url="${url}"`,
          ...placeOfRule(facts, rule),
          ...(action && { data: { action, url } }),
        },
      ];
    });
  },
  fix: (facts, { data }) =>
    data ? editWebConfig(facts, (doc) => setAttributeEdit(doc, data.action, 'url', data.url)) : [],
});
