import { literalTarget } from '../../../app/index.js';
import type { RewriteRule } from '../../../rewrite/index.js';
import { findElement, setAttributeEdit } from '../../../xml/index.js';
import { placeOfRule, runningRules } from '../../facts/rewrite-rules.js';
import { defineRule } from '../define-rule.js';
import { editWebConfig } from '../web-config-edits.js';

/** Rules that name one program in two spellings. */
export const targetInOtherCase = defineRule<{ readonly rule: RewriteRule; readonly name: string }>({
  code: 'TARGET_IN_OTHER_CASE',
  severity: 'warning',
  title: 'Two rules name the same program in upper and lower case',
  why: 'iisnode starts the program twice, once for each spelling: sessions of one are unknown in the other ("Session ID unknown"), and broadcasts reach half of the clients.',
  help: `Windows compares file names ignoring case, so both rules reach the file; but iisnode finds a running program by the path as the rule writes
it (cnodeapplicationmanager.cpp). Write one spelling in all rules, that of the file. --fix does so.`,
  check(facts) {
    const { site, folder, query } = facts;
    const first = new Map<string, { readonly rule: RewriteRule; readonly target: string }>();
    return runningRules(facts).flatMap((rule) => {
      const target = rule.action.type === 'Rewrite' ? literalTarget(rule.action.url, site?.vdirPath ?? '/') : undefined;
      if (target === undefined || query.isHandledByIisnode(target) !== true) return [];
      const other = first.get(target.toLowerCase());
      if (other === undefined) first.set(target.toLowerCase(), { rule, target });
      if (other === undefined || other.target === target) return [];
      const name = folder.spelling(target) ?? other.target;
      const wrong = name === target ? other.rule : rule;
      return [
        {
          message: `Rule "${rule.name}" leads to ${target}, and rule "${other.rule.name}" to ${other.target}.`,
          fix: `url="${name}" in both`,
          ...placeOfRule(facts, wrong),
          data: { rule: wrong, name },
        },
      ];
    });
  },
  fix(facts, { data }) {
    const element = facts.query.ownElement(data?.rule.origin);
    const action = element && findElement(element, 'action');
    return action && data ? editWebConfig(facts, (doc) => setAttributeEdit(doc, action, 'url', data.name)) : [];
  },
});
