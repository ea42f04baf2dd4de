import { escapeAttribute } from '../xml/index.js';
import {
  appSettingsComment,
  appSettingsXml,
  entryLocationXml,
  everythingRuleComment,
  everythingRuleName,
  everythingRuleXml,
  firefoxRuleComment,
  firefoxRuleName,
  firefoxRuleXml,
  handlerXml,
  httpErrorsComment,
  httpErrorsXml,
  iisnodeXml,
  routePattern,
  socketIoRoute,
  staticRuleComment,
  staticRuleName,
  staticRuleXml,
  webSocketComment,
  webSocketXml,
} from './fragments.js';
import type { WebConfigWants } from './types.js';
import { checkedWants } from './wants.js';

/**
 * The web.config of a socket.io app, each part with a comment that explains it; LF, two spaces, UTF-8.
 *
 * Every URL goes to the entry point, so that IIS serves no files of the folder, also those added later; only the folders in the
 * wants are served by IIS itself.
 *
 * It is not wrapped in `<location path="." inheritInChildApplications="false">`: IIS Manager and appcmd write settings outside
 * of it, and a section in both places is a 500.19 for the whole site. A child application with a web.config of this kind removes
 * the names of this one before it adds its own.
 *
 * @throws UserError ENTRY_UNUSABLE (usage).
 */
export function generateWebConfig(wants: WebConfigWants): string {
  const checked = checkedWants(wants);
  const lines = [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<configuration>',
    ...indent(1, [appSettingsComment, ...element('appSettings', appSettingsXml(checked))]),
    ...indent(1, element('system.webServer', webServer(checked))),
    ...(checked.transports.includes('polling') ? indent(1, [entryLocationXml(checked.entry)]) : []),
    '</configuration>',
  ];
  return `${lines.join('\n')}\n`;
}

function webServer(wants: WebConfigWants): readonly string[] {
  return [
    '<!-- Only the entry point runs in node. Names are removed first: an application above may have them. -->',
    ...element('handlers', ['<remove name="iisnode" />', handlerXml('iisnode', wants.entry)]),
    ...element('rewrite', element('rules', rules(wants))),
    webSocketComment,
    webSocketXml,
    httpErrorsComment,
    httpErrorsXml,
    iisnodeXml(wants),
  ];
}

function rules(wants: WebConfigWants): readonly string[] {
  const { entry, route = socketIoRoute, transports, upgrades, staticFolders = [] } = wants;
  const webSocket = transports.includes('websocket') && upgrades !== 'none';
  const names = [
    ...(webSocket ? [firefoxRuleName] : []),
    ...staticFolders.map((each) => staticRuleName(each)),
    everythingRuleName,
  ];
  return [
    ...names.map((name) => `<remove name="${escapeAttribute(name)}" />`),
    ...(webSocket ? [firefoxRuleComment, firefoxRuleXml(upgrades === 'any' ? '.*' : routePattern(route))] : []),
    ...staticFolders.flatMap((each) => [staticRuleComment(each), staticRuleXml(each, entry)]),
    everythingRuleComment,
    everythingRuleXml(everythingRuleName, entry),
  ];
}

function element(name: string, content: readonly string[]): readonly string[] {
  return [`<${name}>`, ...indent(1, content), `</${name}>`];
}

function indent(levels: number, content: readonly string[]): readonly string[] {
  return content.flatMap((part) => part.split('\n')).map((line) => '  '.repeat(levels) + line);
}
