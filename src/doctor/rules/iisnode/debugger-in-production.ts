import { productionSetting } from '../../facts/production.js';
import { hasIisnodeHandler } from '../../facts/realtime.js';
import { defineRule } from '../define-rule.js';
import { setIisnodeAttribute, settingText } from '../iisnode-edits.js';

const name = 'debuggingEnabled';

/** The debugger of iisnode is reachable for everybody (symptoms.md S69). */
export const debuggerInProduction = defineRule({
  code: 'DEBUGGER_IN_PRODUCTION',
  severity: 'warning',
  title: "iisnode's debugger is switched on",
  why: 'Where iisnode is installed with its inspector, anybody who asks for ENTRY/debug starts a second node process for debugging, or gets a 500; it works with old versions of node only.',
  help: `debuggingEnabled is true by default. A request for /server.js/debug then starts node-inspector and node with the old debugging protocol,
which node 8 and later no longer have. A site in production needs debuggingEnabled="false" in the iisnode section. Reported only
where a setting says that the site is in production, and another one switches the debugger on. --fix sets the attribute.`,
  explains: ['LIVE_DEBUGGER_EXPOSED'],
  check(facts) {
    const { iisnode } = facts;
    const said = productionSetting(facts);
    if (!iisnode?.values.debuggingEnabled || said === undefined || !hasIisnodeHandler(facts)) return [];
    // Without the inspector, which not every installation has, the default does nothing.
    if (iisnode.sources[name] === 'default') return [];
    const at = facts.query.iisnodePlace(name);
    return [{ message: `${said}, and ${name} is true.`, fix: settingText(facts, name, 'false'), ...(at && { at }) }];
  },
  fix: (facts) => setIisnodeAttribute(facts, name, 'false'),
});
