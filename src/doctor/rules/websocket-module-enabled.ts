import type { WebSocketSettings } from '../../pipeline/sections/index.js';
import { setAttributeEdit, type XmlElement } from '../../xml/index.js';
import { hasIisnodeHandler, isPollingOnly, realtimeLibraries } from '../facts/realtime.js';
import { meantForSocketIo, socketUrls } from '../facts/socket-route.js';
import type { FileFacts, Severity } from '../types.js';
import { defineRule } from './define-rule.js';
import { editWebConfig, insertInWebServer } from './web-config-edits.js';

/** An error when the sources use WebSockets; a warning when only a rewrite rule points to socket.io; else no finding. */
function severityFor(facts: FileFacts): Severity | undefined {
  if (isPollingOnly(facts)) return undefined;
  if (realtimeLibraries(facts).length > 0) return 'error';
  if (facts.folder.hasSources && facts.server.scripts.length > 0) return undefined;
  return facts.site?.rewrite?.rules.some(meantForSocketIo(facts)) ? 'warning' : undefined;
}

/** The module where it takes upgrades: the <location> of a program counts, to which the rules lead them. */
function takingModule(facts: FileFacts): WebSocketSettings | undefined {
  const { site, query } = facts;
  const programs = socketUrls(facts)
    .map((url) => query.journey(url))
    .flatMap((end) => (end?.isIisnode && end.target !== undefined ? [end.target] : []));
  const settings = programs.length > 0 ? programs.map((name) => query.webSocketAt(name)) : [site?.webSocket];
  return settings.find((each) => each?.enabled);
}

/** IIS answers WebSocket upgrades itself instead of passing them to iisnode. */
export const websocketModuleEnabled = defineRule<{ readonly element: XmlElement | undefined } | undefined>({
  code: 'WEBSOCKET_MODULE_ENABLED',
  severity: 'error',
  explains: ['WEBSOCKET_FAILED', 'LIVE_CONNECTION_HEADER_TWICE'],
  title: 'IIS answers WebSocket upgrades itself',
  why: 'The WebSocketModule of IIS 8 and later takes the upgrade before iisnode sees it: the handshake fails with 400, and clients stay on polling or never connect.',
  help: `iisnode handles WebSockets itself, so IIS's own WebSocket module must be disabled. Put <webSocket enabled="false" />
into system.webServer of the app's web.config (an element inside a comment, or under system.web, does not count). The section may
be locked on the server: deploy unlocks it, or run appcmd unlock config -section:system.webServer/webSocket. Do not do this for apps
behind ARR or HttpPlatformHandler, which need that module. --fix adds the element.`,
  check(facts) {
    const { site, webConfig } = facts;
    if (!site || !hasIisnodeHandler(facts)) return [];
    const taking = takingModule(facts);
    if (taking === undefined) return [];
    // Where the module is not installed, nothing takes the upgrades from iisnode.
    if (facts.iis?.modules?.has('websocketmodule') === false) return [];
    // Written as <websocket>, it is fixed by CONFIG_ERROR.
    if (site.problems.some(({ section }) => section?.toLowerCase() === 'system.webserver/websocket')) return [];
    const severity = severityFor(facts);
    if (!severity || !webConfig.document) return [];
    const { origin } = taking;
    const element = facts.query.ownElement(origin);
    const libraries = realtimeLibraries(facts).join(' and ') || 'socket.io';
    const state = origin ? 'is enabled' : 'is missing, which means enabled';
    const spot = origin ?? site.iisnodeHandlers[0]?.origin;
    const at = (spot && facts.query.placeOf(spot)) ?? facts.query.place(webConfig.document.root);
    return [
      {
        severity,
        message: `<webSocket> ${state}, so upgrades never reach ${libraries}.`,
        fix: '<webSocket enabled="false" />',
        at,
        ...((element || !origin) && { data: { element } }),
      },
    ];
  },
  fix(facts, { data }) {
    if (!data) return [];
    const { element } = data;
    return editWebConfig(facts, (doc) =>
      element
        ? setAttributeEdit(doc, element, 'enabled', 'false')
        : insertInWebServer(doc, [], '<webSocket enabled="false" />'),
    );
  },
});
