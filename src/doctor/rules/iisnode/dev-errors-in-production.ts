import { productionSetting } from '../../facts/production.js';
import { hasIisnodeHandler } from '../../facts/realtime.js';
import { defineRule } from '../define-rule.js';
import { setIisnodeAttribute, settingText } from '../iisnode-edits.js';

const name = 'devErrorsEnabled';

/** Visitors get the output of node, with status 200 (symptoms.md S68, S06). */
export const devErrorsInProduction = defineRule({
  code: 'DEV_ERRORS_IN_PRODUCTION',
  severity: 'warning',
  title: 'Visitors see the errors that are meant for developers',
  why: 'When a request fails in iisnode, the answer is a page with status 200 and up to 64 KB of what node wrote to stderr: clients and monitors take it for success, and visitors read paths and stack traces.',
  help: `devErrorsEnabled is true by default: a failed request is answered with status 200 and a page of details. It is useful while an app is
set up. For visitors write devErrorsEnabled="false" in the iisnode section (or devErrorsEnabled: false in iisnode.yml): the answer is then
500 with a sub-status, and socket.io's client sees that the handshake failed. The details stay in iisnode's logs. Reported only where
web.config or iisnode.yml says that the site is in production. --fix sets the attribute.`,
  check(facts) {
    const { iisnode } = facts;
    const said = productionSetting(facts);
    if (!iisnode?.values.devErrorsEnabled || said === undefined || !hasIisnodeHandler(facts)) return [];
    const at = facts.query.iisnodePlace(name) ?? facts.query.iisnodePlace('node_env');
    const isSet = iisnode.sources[name] !== 'default';
    const message = `${said}, and ${name} is true${isSet ? '' : ', which is the default'}.`;
    return [{ message, fix: settingText(facts, name, 'false'), ...(at && { at }) }];
  },
  fix: (facts) => setIisnodeAttribute(facts, name, 'false'),
});
