import type { RewriteRule } from '../../../rewrite/index.js';
import { attribute, findElement, insertElementEdit } from '../../../xml/index.js';
import type { Journey } from '../../facts/journey.js';
import { endOf, isInherited, placeOfRule, runningRules } from '../../facts/rewrite-rules.js';
import { socketUrls } from '../../facts/socket-route.js';
import type { FileFacts } from '../../types.js';
import { defineRule } from '../define-rule.js';
import { everythingFails } from '../symptoms.js';
import { editWebConfig } from '../web-config-edits.js';

interface Taken {
  readonly rule: RewriteRule;
  readonly end: Journey;
}

/** Does the request reach the program that it reaches without the inherited rules? */
const isSameEnd = (one: Journey, other: Journey): boolean =>
  one.isIisnode && one.target?.toLowerCase() === other.target?.toLowerCase();

/** The first request of the app that an inherited rule sends elsewhere. */
function takenBy(facts: FileFacts): Taken | undefined {
  const own = runningRules(facts);
  const urls = ['', 'some/page', ...socketUrls(facts), ...facts.entries.map(({ name }) => name)];
  for (const url of urls) {
    const end = facts.query.journey(url);
    const alone = facts.query.journeyWith(own, url);
    if (end === undefined || !alone?.isIisnode || isSameEnd(end, alone)) continue;
    const rule = end.applied.map((step) => step.rule).find(({ origin }) => isInherited(facts, origin));
    if (rule !== undefined) return { rule, end };
  }
  return undefined;
}

/** url-rewrite.md RW37, symptoms.md S44: the rules of the levels above run first. */
export const inheritedRuleTakesApp = defineRule<RewriteRule>({
  code: 'INHERITED_RULE_TAKES_APP',
  severity: 'error',
  explains: everythingFails,
  title: "A rewrite rule of a folder above takes the app's requests",
  why: 'Rules of the folders above run before those of the app: its pages and its sockets end in the other app, at 403.18 or at 404 ("Unexpected token <" in a client).',
  help: `An application inherits the rewrite rules of the site that it is in, and they run first. In the web.config of the site, put
<location path="." inheritInChildApplications="false"> around its system.webServer; or write <remove name=".." /> with the name of that rule
(or <clear /> for all of them) in front of the app's own rules. The doctor sees the folders above with --site-root DIR, --app /=DIR or
--apphost FILE. --fix adds the <remove>.`,
  check(facts) {
    const taken = facts.site?.rewriteProblems.length === 0 ? takenBy(facts) : undefined;
    if (taken === undefined) return [];
    const { rule, end } = taken;
    return [
      {
        message: `Rule "${rule.name}" of ${rule.origin?.file ?? 'a folder above'} takes ${end.url} from the app: it is ${endOf(end)}.`,
        fix: `<remove name="${rule.name}" /> before the app's own rules, or inheritInChildApplications="false" in that file`,
        ...placeOfRule(facts, rule),
        data: rule,
      },
    ];
  },
  fix(facts, { data: rule }) {
    if (rule === undefined || !/^[\w .-]+$/.test(rule.name)) return [];
    return editWebConfig(facts, (document) => {
      const rules = findElement(document.root, 'system.webServer/rewrite/rules');
      const [first] = rules?.children ?? [];
      if (rules === undefined || first === undefined || attribute(rules, 'configSource') !== undefined) return [];
      return insertElementEdit(document, rules, `<remove name="${rule.name}" />`, { before: first });
    });
  },
});
