import {
  appSettingsComment,
  appSettingsXml,
  entryLocationXml,
  firefoxRuleComment,
  firefoxRuleName,
  firefoxRuleXml,
  handlerXml,
  hiddenSegmentsComment,
  hiddenSegmentsXml,
  homeRuleComment,
  homeRuleXml,
  httpErrorsComment,
  httpErrorsXml,
  iisnodeXml,
  routeRuleComment,
  routeRuleXml,
  socketIoRoute,
  socketIoRuleComment,
  webSocketComment,
  webSocketXml,
} from './fragments.js';
import type { WebConfigWants } from './types.js';
import { checkedWants } from './wants.js';

/**
 * The web.config of a socket.io app, each part with a comment that says why it is there; LF, two spaces, UTF-8.
 *
 * It is not wrapped in `<location path="." inheritInChildApplications="false">`: IIS Manager and appcmd write settings outside
 * of it, and a section that stands in both places is a 500.19 for the whole site. Applications below get along instead: names
 * are removed before they are added, and the rules match this folder's own URLs alone.
 *
 * @throws UserError ENTRY_UNUSABLE (usage).
 */
export function generateWebConfig(wants: WebConfigWants): string {
  const checked = checkedWants(wants);
  const lines = [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<configuration>',
    ...indent(1, element('appSettings', [appSettingsComment, ...appSettingsXml(checked)])),
    ...indent(1, element('system.webServer', webServer(checked))),
    ...(checked.transports.includes('polling') ? indent(1, [entryLocationXml(checked.entry)]) : []),
    '</configuration>',
  ];
  return `${lines.join('\n')}\n`;
}

function webServer(wants: WebConfigWants): readonly string[] {
  return [
    '<!-- Requests for the entry point run in node; each name is removed first, in case an application above has it. -->',
    ...element('handlers', ['<remove name="iisnode" />', handlerXml('iisnode', wants.entry)]),
    ...element('rewrite', element('rules', rules(wants))),
    webSocketComment,
    webSocketXml,
    ...element('security', element('requestFiltering', hidden(wants))),
    httpErrorsComment,
    httpErrorsXml,
    iisnodeXml(wants),
  ];
}

function rules(wants: WebConfigWants): readonly string[] {
  const { route = socketIoRoute } = wants;
  const home = wants.home !== 'static';
  const webSocket = wants.transports.includes('websocket');
  return [
    ...(webSocket ? [`<remove name="${firefoxRuleName}" />`] : []),
    `<remove name="${route}" />`,
    ...(home ? ['<remove name="home" />'] : []),
    ...(webSocket ? [firefoxRuleComment, firefoxRuleXml(route)] : []),
    route === socketIoRoute ? socketIoRuleComment : routeRuleComment,
    routeRuleXml(route, route, wants.entry),
    ...(home ? [homeRuleComment, homeRuleXml('home', wants.entry)] : []),
  ];
}

function hidden(wants: WebConfigWants): readonly string[] {
  return element('hiddenSegments', [hiddenSegmentsComment, ...hiddenSegmentsXml(wants)]);
}

function element(name: string, content: readonly string[]): readonly string[] {
  return [`<${name}>`, ...indent(1, content), `</${name}>`];
}

function indent(levels: number, content: readonly string[]): readonly string[] {
  return content.flatMap((part) => part.split('\n')).map((line) => '  '.repeat(levels) + line);
}
