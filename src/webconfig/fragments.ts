import { escapeAttribute } from '../xml/index.js';
import type { StaticFolder, WebConfigWants } from './types.js';
import { appSettingsOf, wantedIisnodeSettings } from './wants.js';

/** Where socket.io's clients connect, below the app's own URL. */
export const socketIoRoute = 'socket.io';

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The pattern that takes a route's requests and only them; it is tested against the path below web.config's folder. */
export const routePattern = (route: string): string => `^${literal(route)}(/|$)`;

export const socketIoPattern = routePattern(socketIoRoute);

const quoted = (value: string): string => `"${escapeAttribute(value)}"`;

/** Removing what is not there is harmless, adding what an application above has added already is a 500.19. */
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
  "<!-- socket.io's requests, and only they, go to node: the pattern counts from this folder, at any vdir path. -->";

export function routeRuleXml(name: string, route: string, entry: string): string {
  return ruleXml(name, routePattern(route), entry);
}

export const everythingRuleName = 'all to node';

export const everythingRuleComment =
  '<!-- Every URL goes to node, the names of files too: IIS hands out no file of this folder. -->';

/**
 * A handler with path="*" would not do: iisnode runs the file that the URL names as a program (iisnode 0.2.27,
 * cnodeapplicationmanager.cpp). After the rewrite that is always the entry point, and node still sees the URL that was asked for.
 */
export function everythingRuleXml(name: string, entry: string): string {
  return ruleXml(name, '.*', entry);
}

export const staticRuleName = ({ folder }: StaticFolder): string => `static files of ${folder}`;

export const staticRuleComment = ({ folder }: StaticFolder): string =>
  `<!-- IIS serves the files of ${folder.replaceAll('--', '- -')} by itself; files of a type that it does not know go to node. -->`;

/** Types that IIS 10 knows when it is installed (staticContent); for others its static file handler answers 404.3. */
const staticTypes = 'css|gif|html?|ico|jpe?g|js|json|map|mp4|pdf|png|svg|txt|wasm|woff2?|xml';

/**
 * The app serves `folder` at the URL `at`; here IIS does. A file with the entry point's name goes to node: the handler takes that
 * name in any folder and would run it.
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
 * The entry point's own URL is rewritten to itself: of a URL that no rule has rewritten iisnode gives node the decoded form, and
 * node answers 400 to a blank in it (iisnode 0.2.27, cprotocolbridge.cpp InitiateRequest).
 */
export function homeRuleXml(name: string, entry: string): string {
  return ruleXml(name, `^(${literal(entry)})?$`, entry);
}

export const webSocketComment =
  "<!-- iisnode speaks WebSocket itself: IIS's own module would take the upgrades first, and they would fail. -->";

export const firefoxRuleName = 'Firefox upgrade';

export const firefoxRuleComment =
  '<!-- iisnode takes "Connection: keep-alive, Upgrade" (Firefox) for no upgrade; deploy allows HTTP_CONNECTION, else: 500.50. -->';

/**
 * iisnode compares the Connection header with exactly "upgrade" (tjanczuk/iisnode#497, Azure/iisnode#112). HTTP_CONNECTION has to
 * be on the server's list of allowed server variables; where it is not, the rule answers 500.50, to these requests only, which
 * would fail without it just the same.
 */
export function firefoxRuleXml(route: string): string {
  return [
    `<rule name="${firefoxRuleName}">`,
    `  <match url=${quoted(routePattern(route))} />`,
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

/** The entry point's own URL: the rules make it of all that node answers, and IIS goes by the configuration of that URL. */
export function entryLocationXml(entry: string): string {
  return [
    '<!-- IIS does not compress what node answers: it would hold back up to 64 KB of an answer that comes in pieces. -->',
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
  '<!-- Each of these is an environment variable of node: process.env.virtualDirPath. -->';

export function appSettingsXml(wants: WebConfigWants): readonly string[] {
  return [...appSettingsOf(wants)].map(([key, value]) => appSettingXml(key, value));
}

export const hiddenSegmentsComment = '<!-- Nobody reads these over HTTP: the answer is 404. -->';
