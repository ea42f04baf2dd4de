import { otherHosts } from '../../../webconfig/index.js';
import { setAttributeEdit, type XmlElement } from '../../../xml/index.js';
import { hostedElsewhere, isPollingOnly, realtimeLibraries } from '../../facts/realtime.js';
import { defineRule } from '../define-rule.js';
import { editWebConfig } from '../web-config-edits.js';

/** A proxy of IIS hands upgrades to the module that is switched off (symptoms.md S02, httpplatformhandler.md 7). */
export const websocketOffBehindProxy = defineRule<XmlElement>({
  code: 'WEBSOCKET_OFF_BEHIND_PROXY',
  severity: 'error',
  explains: ['WEBSOCKET_FAILED'],
  title: 'The WebSocket module is off, and this site needs it',
  why: 'HttpPlatformHandler and reverse proxy rules pass a WebSocket through that module: without it every upgrade fails, and clients stay on polling or never connect.',
  help: `Only iisnode needs <webSocket enabled="false" />, because it upgrades connections itself. A site where HttpPlatformHandler starts
node, or where a rule rewrites to http://localhost:3000, is the opposite: both use the WebSocket module of IIS, so the role feature
WebSocket Protocol must be installed (then recycle the application pool) and the section must not be switched off. Remove the element, or
write enabled="true". --fix writes that.`,
  check(facts) {
    const { site, webConfig, iis, serverSeen } = facts;
    const listed = iis?.modules?.has('websocketmodule');
    const isMissing = listed === false || (listed === undefined && serverSeen.components?.WebSockets === false);
    if (!webConfig.document || !hostedElsewhere(facts)) return [];
    if (!isMissing && (!site?.webSocket || site.webSocket.enabled)) return [];
    const [host] = otherHosts(webConfig.document);
    if (host === undefined || isPollingOnly(facts)) return [];
    const libraries = realtimeLibraries(facts);
    if (libraries.length === 0 && facts.folder.hasSources && facts.server.scripts.length > 0) return [];
    const severity = libraries.length > 0 ? 'error' : 'warning';
    const passed = `${host.kind} passes upgrades through it to ${libraries.join(' and ') || 'the app'}`;
    if (isMissing) {
      const from = listed === undefined ? 'so says the registry' : `${iis?.file} does not list it`;
      const message = `The WebSocket module is not installed (${from}), but ${passed}.`;
      return [
        { severity, message, fix: 'Install the role feature WebSocket Protocol, then recycle the application pool.' },
      ];
    }
    const origin = site?.webSocket?.origin;
    const at = origin && facts.query.placeOf(origin);
    const element = facts.query.ownElement(origin);
    return [
      {
        severity,
        message: `<webSocket> is switched off, but ${passed}.`,
        fix: '<webSocket enabled="true" />, or remove the element',
        ...(at && { at }),
        ...(element && { data: element }),
      },
    ];
  },
  fix: (facts, { data }) =>
    data ? editWebConfig(facts, (document) => setAttributeEdit(document, data, 'enabled', 'true')) : [],
});
