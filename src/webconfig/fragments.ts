import { escapeAttribute } from '../xml/index.js';
import type { StaticFolder, WebConfigWants } from './types.js';
import { appSettingsOf, wantedIisnodeSettings } from './wants.js';

/** The path of socket.io's clients, below the app's own URL. */
export const socketIoRoute = 'socket.io';

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The pattern that matches only a route's requests; it is tested against the path below web.config's folder. */
export const routePattern = (route: string): string => `^${literal(route)}(/|$)`;

export const socketIoPattern = routePattern(socketIoRoute);

const quoted = (value: string): string => `"${escapeAttribute(value)}"`;

/** Removing a missing entry has no effect, but adding one that an application above already has is a 500.19. */
export function appSettingXml(key: string, value: string): string {
  return `<remove key=${quoted(key)} />\n<add key=${quoted(key)} value=${quoted(value)} />`;
}

export function handlerXml(name: string, entry: string): string {
  return `<add name=${quoted(name)} path=${quoted(entry)} verb="*" modules="iisnode" />`;
}

export function hiddenSegmentXml(segment: string): string {
  return `<remove segment=${quoted(segment)} />\n<add segment=${quoted(segment)} />`;
}

function ruleXml(name: string, pattern: string, entry: string): string {
  return [
    `<rule name=${quoted(name)} stopProcessing="true">`,
    `  <match url=${quoted(pattern)} />`,
    `  <action type="Rewrite" url=${quoted(entry)} />`,
    '</rule>',
  ].join('\n');
}

export const socketIoRuleComment =
  "<!-- Only socket.io's requests go to node. The pattern is tested against the path below this folder, at any vdir path. -->";

export function routeRuleXml(name: string, route: string, entry: string): string {
  return ruleXml(name, routePattern(route), entry);
}

export const everythingRuleName = 'all to node';

export const everythingRuleComment =
  '<!-- Every URL goes to node, also the names of files: IIS serves no files of this folder. -->';

/**
 * A handler with path="*" does not work: iisnode runs the file in the URL as a program (iisnode 0.2.27,
 * cnodeapplicationmanager.cpp). After the rewrite that is always the entry point, and node still sees the requested URL.
 */
export function everythingRuleXml(name: string, entry: string): string {
  return ruleXml(name, '.*', entry);
}

export const staticRuleName = ({ folder }: StaticFolder): string => `static files of ${folder}`;

export const staticRuleComment = ({ folder }: StaticFolder): string =>
  `<!-- IIS serves the files of ${folder.replaceAll('--', '- -')} itself; files of a type that IIS does not know go to node. -->`;

/** Types that a new IIS 10 installation knows (staticContent); for others its static file handler answers 404.3. */
const staticTypes = 'css|gif|html?|ico|jpe?g|js|json|map|mp4|pdf|png|svg|txt|wasm|woff2?|xml';

/**
 * The app serves `folder` at the URL `at`; with this rule IIS serves it. A file with the entry point's name goes to node: the
 * handler matches that name in any folder and would run it.
 */
export function staticRuleXml({ folder, at }: StaticFolder, entry: string): string {
  const own = literal(entry.replace(/^.*\//, ''));
  const prefix = at === '' ? '' : `${literal(at)}/`;
  return [
    `<rule name=${quoted(staticRuleName({ folder, at }))} stopProcessing="true">`,
    `  <match url=${quoted(`^${prefix}(?!(?:.*/)?${own}$)(.+\\.(?:${staticTypes}))$`)} />`,
    '  <conditions>',
    `    <add input=${quoted(`{APPL_PHYSICAL_PATH}${folder}/{R:1}`)} matchType="IsFile" />`,
    '  </conditions>',
    `  <action type="Rewrite" url=${quoted(`${folder}/{R:1}`)} />`,
    '</rule>',
  ].join('\n');
}

export const homeRuleComment = "<!-- The app's own URL opens its page, and so does the entry point's. -->";

/**
 * The entry point's own URL is rewritten to itself: iisnode passes node a URL without a rewrite in its decoded form, and
 * node answers 400 if it contains a space (iisnode 0.2.27, cprotocolbridge.cpp InitiateRequest).
 */
export function homeRuleXml(name: string, entry: string): string {
  return ruleXml(name, `^(${literal(entry)})?$`, entry);
}

export const webSocketComment =
  "<!-- iisnode handles WebSockets itself. IIS's own module would take the upgrades first, and they would fail. -->";

export const firefoxRuleName = 'Firefox upgrade';

export const firefoxRuleComment =
  '<!-- iisnode does not accept "Connection: keep-alive, Upgrade" (Firefox) as an upgrade. The server must allow HTTP_CONNECTION (deploy does), else: 500.50. -->';

/**
 * iisnode compares the Connection header with exactly "upgrade" (tjanczuk/iisnode#497, Azure/iisnode#112). HTTP_CONNECTION must
 * be on the server's list of allowed server variables; if it is not, the rule answers 500.50, but only to these requests, which
 * would also fail without the rule.
 */
export function firefoxRuleXml(pattern: string, name = firefoxRuleName): string {
  return [
    `<rule name=${quoted(name)}>`,
    `  <match url=${quoted(pattern)} />`,
    '  <conditions>',
    '    <add input="{HTTP_UPGRADE}" pattern="^websocket$" />',
    '    <add input="{HTTP_CONNECTION}" pattern=",\\s*upgrade\\s*$" />',
    '  </conditions>',
    '  <serverVariables>',
    '    <set name="HTTP_CONNECTION" value="Upgrade" />',
    '  </serverVariables>',
    '  <action type="None" />',
    '</rule>',
  ].join('\n');
}

export const webSocketXml = '<webSocket enabled="false" />';

export const httpErrorsComment = "<!-- node's own error answers reach the client, not the error pages of IIS. -->";

export const httpErrorsXml = '<httpErrors existingResponse="PassThrough" />';

export const compressionXml = '<urlCompression doDynamicCompression="false" />';

/** For the entry point's own URL: the rules rewrite all of node's requests to it, and IIS uses the configuration of that URL. */
export function entryLocationXml(entry: string): string {
  return [
    "<!-- No compression of node's responses: IIS would buffer up to 64 KB of a response that arrives in pieces. -->",
    `<location path=${quoted(entry)}>`,
    '  <system.webServer>',
    `    ${compressionXml}`,
    '  </system.webServer>',
    '</location>',
  ].join('\n');
}

/** `<iisnode ... />` with a line for each attribute, and above it a line with each reason. */
export function iisnodeXml(wants: WebConfigWants): string {
  const settings = wantedIisnodeSettings(wants);
  const reasons = settings.map(({ name, why }) => `<!-- ${name}: ${why}. -->`);
  const attributes = settings.map(({ name, value }) => `  ${name}=${quoted(value)}`);
  return [...reasons, '<iisnode', ...attributes.slice(0, -1), `${attributes.at(-1)} />`].join('\n');
}

export const appSettingsComment =
  '<!-- Each of these becomes an environment variable of node: process.env.virtualDirPath. -->';

export function appSettingsXml(wants: WebConfigWants): readonly string[] {
  return [...appSettingsOf(wants)].map(([key, value]) => appSettingXml(key, value));
}

export const hiddenSegmentsComment = '<!-- These are not available over HTTP: the answer is 404. -->';
