import { bare, placeOfRule, runningRules } from '../../facts/rewrite-rules.js';
import { defineRule } from '../define-rule.js';

/** A rule that sends files of node_modules to clients. */
export const nodeModulesPublished = defineRule({
  code: 'NODE_MODULES_PUBLISHED',
  severity: 'warning',
  title: 'A rewrite rule publishes node_modules',
  why: 'Visitors can read the packages of the server with their versions, and hidden segments do not prevent it: request filtering sees the URL before the rules.',
  help: `A rule that rewrites to node_modules/.. makes its files readable. Load socket.io's client from the server itself, which serves it at
socket.io/socket.io.js, and copy other client scripts to a public folder, or let a bundler put them there.`,
  explains: [{ finding: 'LIVE_PACKAGES_EXPOSED', saying: /node_modules/ }],
  check(facts) {
    return runningRules(facts).flatMap((rule) => {
      if (rule.action.type !== 'Rewrite') return [];
      const end = facts.query.journeyWith([{ ...bare(rule), match: undefined }], 'package/client.js');
      // From the root of the site, if the vdir path is only assumed.
      const target = end?.target ?? (facts.vdirPath === undefined ? end?.path.slice(1) : undefined) ?? '';
      if (end === undefined || end.isIisnode || !/^node_modules\//i.test(target)) return [];
      return [{ message: `Rule "${rule.name}" leads into node_modules.`, ...placeOfRule(facts, rule) }];
    });
  },
});
