import type { RewriteRule } from '../../../rewrite/index.js';
import { placeOfRule, runningRules } from '../../facts/rewrite-rules.js';
import { replaceInTexts } from '../../facts/rule-texts.js';
import { defineRule } from '../define-rule.js';
import { editWebConfig } from '../web-config-edits.js';

const documentRoot = /\{DOCUMENT_ROOT\}[\\/]?/i;

/** The site's folder in an app that has a folder of its own. */
export const documentRootOfSite = defineRule<{ readonly rule: RewriteRule; readonly text: string }>({
  code: 'DOCUMENT_ROOT_OF_SITE',
  severity: 'warning',
  explains: ['PAGE_FAILED', 'PAGE_FILE_MISSING'],
  title: "A rule looks for files in the site's folder, not in the app's",
  why: 'The files of the app are not found there, so the rule decides as if they did not exist.',
  help: `{DOCUMENT_ROOT} is the folder of the site. An application in a virtual directory has a folder of its own, often elsewhere on the disk:
{APPL_PHYSICAL_PATH}, which ends with a backslash. Write {APPL_PHYSICAL_PATH}public\\{R:0}. --fix replaces the variable.`,
  check(facts) {
    // An assumed vdir path proves no mistake.
    if (facts.vdirPath === undefined) return [];
    return runningRules(facts).flatMap((rule) => {
      const input = rule.conditions.find(
        (each) => each.matchType !== 'Pattern' && documentRoot.test(each.input ?? ''),
      )?.input;
      const text = documentRoot.exec(input ?? '')?.[0];
      if (rule.basePath === '' || input === undefined || text === undefined) return [];
      return [
        {
          message: `Rule "${rule.name}" of the app at ${rule.basePath} tests ${input}, in the folder of the site.`,
          fix: input.replace(text, '{APPL_PHYSICAL_PATH}'),
          ...placeOfRule(facts, rule),
          data: { rule, text },
        },
      ];
    });
  },
  fix(facts, { data }) {
    const element = facts.query.ownElement(data?.rule.origin);
    return element && data
      ? editWebConfig(facts, (doc) => replaceInTexts(doc, element, data.text, '{APPL_PHYSICAL_PATH}'))
      : [];
  },
});
