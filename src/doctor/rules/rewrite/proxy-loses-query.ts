import { findElement, setAttributeEdit, type XmlElement } from '../../../xml/index.js';
import { placeOfRule, runningRules } from '../../facts/rewrite-rules.js';
import { socketUrls } from '../../facts/socket-route.js';
import { defineRule } from '../define-rule.js';
import { editWebConfig } from '../web-config-edits.js';

/** A proxy target of socket.io's requests without their query string. */
export const proxyLosesQuery = defineRule<XmlElement>({
  code: 'PROXY_LOSES_QUERY',
  severity: 'error',
  title: "A rule passes socket.io's requests on without their query string",
  why: 'The server behind the proxy gets no EIO, transport and sid: it answers 400 ("Transport unknown"), and no client connects.',
  help: `socket.io's requests carry everything in the query string: ?EIO=4&transport=polling&sid=... A rule appends it by default;
appendQueryString="false" drops it. iisnode gets the original URL all the same, a server behind ARR gets the new one. Leave the attribute out
(--fix sets it to true).`,
  check(facts) {
    const [handshake = ''] = socketUrls(facts);
    const last = facts.query.journey(handshake)?.applied.at(-1)?.rule;
    return runningRules(facts).flatMap((rule) => {
      const { action } = rule;
      if (rule !== last || action.type !== 'Rewrite' || action.appendQueryString) return [];
      const rewrite = facts.query.journey(handshake)?.rewrite;
      if (rewrite?.kind !== 'proxy' || rewrite.url.includes('EIO=')) return [];
      const element = facts.query.ownElement(rule.origin);
      const found = element && findElement(element, 'action');
      const message = `Rule "${rule.name}" passes ${handshake} on as ${rewrite.url}.`;
      return [{ message, fix: 'appendQueryString="true"', ...placeOfRule(facts, rule), ...(found && { data: found }) }];
    });
  },
  fix: (facts, { data }) =>
    data ? editWebConfig(facts, (doc) => setAttributeEdit(doc, data, 'appendQueryString', 'true')) : [],
});
