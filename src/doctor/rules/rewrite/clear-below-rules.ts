import { sectionsAt } from '../../../webconfig/index.js';
import { attribute, type XmlElement } from '../../../xml/index.js';
import { defineRule } from '../define-rule.js';
import { everythingFails } from '../symptoms.js';

/** A rule that is switched off does nothing above a <clear /> either. */
const isRunning = (element: XmlElement): boolean =>
  element.name === 'rule' && attribute(element, 'enabled')?.toLowerCase() !== 'false';

/** <clear /> behind rules of the same file. */
export const clearBelowRules = defineRule({
  code: 'CLEAR_BELOW_RULES',
  severity: 'error',
  explains: everythingFails,
  leadsTo: ['SOCKET_REWRITE_MISSING', 'SOCKET_REWRITE_SWALLOWED', 'ROUTES_NOT_REWRITTEN'],
  title: 'A <clear /> removes the rules above it',
  why: 'The rules above it in the same file do not run: their URLs go to the handlers as they are, mostly to a 404.',
  help: `<clear /> empties the list as it is at that line: the inherited rules, and all rules that stand above it in the same file. It must be
the first element of <rules>. Move it up, or delete the rules above it.`,
  check({ webConfig: { document }, site, query }) {
    if (!document || !site) return [];
    return sectionsAt(document, 'system.webServer/rewrite/rules').flatMap(({ children }) => {
      const clear = children.findLast(({ name }) => name === 'clear');
      if (clear === undefined) return [];
      const above = children.slice(0, children.indexOf(clear)).filter(isRunning);
      const names = above.map((rule) => `"${attribute(rule, 'name') ?? ''}"`).join(', ');
      if (above.length === 0) return [];
      const message = `<clear /> removes ${above.length === 1 ? 'rule' : 'rules'} ${names} above it.`;
      return [{ message, fix: 'Move <clear /> to the start of <rules>.', at: query.place(clear) }];
    });
  },
});
