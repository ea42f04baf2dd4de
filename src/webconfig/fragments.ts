import { escapeAttribute } from '../xml/index.js';
import type { WebConfigWants } from './types.js';
import { appSettingsOf, hiddenSegmentsOf, wantedIisnodeSettings } from './wants.js';

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
  "<!-- socket.io's requests, and only they, go to the server: the pattern counts from this folder, at any vdir path. -->";

export const routeRuleComment =
  "<!-- The page's WebSocket, and only it, goes to the server: the pattern counts from this folder, at any vdir path. -->";

export function routeRuleXml(name: string, route: string, entry: string): string {
  return ruleXml(name, routePattern(route), entry);
}

export const homeRuleComment = [
  "<!-- The app's own URL opens its page, and so does the entry point's: of a URL that no rule has rewritten iisnode gives node",
  '     the decoded form, and node answers 400 to a blank in it. -->',
].join('\n');

/** iisnode 0.2.27, cprotocolbridge.cpp InitiateRequest: the request line is X-Original-URL, else the cooked URL as it is. */
export function homeRuleXml(name: string, entry: string): string {
  return ruleXml(name, `^(${literal(entry)})?$`, entry);
}

export const webSocketComment = [
  "<!-- iisnode speaks WebSocket itself. IIS's own module would take the upgrades first, and they would fail.",
  '     An application below this one that needs that module (ASP.NET) sets it back to true. -->',
].join('\n');

export const firefoxRuleName = 'Firefox upgrade';

export const firefoxRuleComment = [
  '<!-- Firefox sends "Connection: keep-alive, Upgrade", which iisnode does not take for an upgrade: this makes it one.',
  "     HTTP_CONNECTION has to be on the server's list of allowed server variables (iisnode-sock deploy puts it there);",
  '     where it is not, the rule answers 500.50, to these requests only, which would fail without it just the same. -->',
].join('\n');

/** iisnode compares the Connection header with exactly "upgrade" (tjanczuk/iisnode#497, Azure/iisnode#112). */
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

export const httpErrorsComment =
  "<!-- What the server answers reaches the client: IIS's error pages would replace its own errors. -->";

export const httpErrorsXml = '<httpErrors existingResponse="PassThrough" />';

export const compressionXml = '<urlCompression doDynamicCompression="false" />';

/** The entry point's own URL, with what counts for all that node answers. */
export function entryLocationXml(entry: string): string {
  return [
    '<!-- IIS does not compress what node answers: it would hold back up to 64 KB of an answer that comes in pieces. This stands',
    '     at the entry point because the rules above make that URL of /socket.io/ and of the others that node answers, and IIS',
    '     then goes by the configuration of that URL. -->',
    `<location path=${quoted(entry)}>`,
    '  <system.webServer>',
    `    ${compressionXml}`,
    '  </system.webServer>',
    '</location>',
  ].join('\n');
}

/** `<iisnode ... />` with a line for each attribute, and above it a comment with a line for each reason. */
export function iisnodeXml(wants: WebConfigWants): string {
  const settings = wantedIisnodeSettings(wants);
  const width = Math.max(...settings.map(({ name }) => name.length));
  const reasons = settings.map(({ name, why }) => `     ${name.padEnd(width)}  ${why}`);
  const attributes = settings.map(({ name, value }) => `  ${name}=${quoted(value)}`);
  return [
    '<!-- How iisnode runs the server:',
    ...reasons.slice(0, -1),
    `${reasons.at(-1)} -->`,
    '<iisnode',
    ...attributes.slice(0, -1),
    `${attributes.at(-1)} />`,
  ].join('\n');
}

export const appSettingsComment =
  '<!-- iisnode gives each of these to node as an environment variable: process.env.virtualDirPath. -->';

export function appSettingsXml(wants: WebConfigWants): readonly string[] {
  return [...appSettingsOf(wants)].map(([key, value]) => appSettingXml(key, value));
}

export const hiddenSegmentsComment = '<!-- Nobody reads these over HTTP: the answer is 404. -->';

export function hiddenSegmentsXml(wants: WebConfigWants): readonly string[] {
  return hiddenSegmentsOf(wants).map(hiddenSegmentXml);
}
