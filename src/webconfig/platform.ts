import { escapeAttribute } from '../xml/index.js';
import type { WebConfigWants } from './types.js';
import { appSettingsOf, checkedWants } from './wants.js';

const quoted = (value: string): string => `"${escapeAttribute(value)}"`;

/** Where node's installer puts it; a path of Windows in full, because a pool's PATH may be another one than the user's. */
export const platformProgram = 'C:\\Program Files\\nodejs\\node.exe';

export const platformHandlerName = 'httpPlatformHandler';

/** Without resourceType IIS looks for a file first (httpplatformhandler.md 2). */
export const platformHandlerXml = (name: string): string =>
  `<add name=${quoted(name)} path="*" verb="*" modules="httpPlatformHandler" resourceType="Unspecified" />`;

/** The environment of node: the port, then what iisnode would pass on of appSettings. */
export const platformVariables = (wants: WebConfigWants): ReadonlyMap<string, string> =>
  new Map([['PORT', '%HTTP_PLATFORM_PORT%'], ...appSettingsOf(wants)]);

export const variableXml = (name: string, value: string): string =>
  `<environmentVariable name=${quoted(name)} value=${quoted(value)} />`;

/** What follows node on its command line: its own options, and the script. A name with blanks is in quotes. */
export function platformArguments({ entry, nodeOptions = [] }: Pick<WebConfigWants, 'entry' | 'nodeOptions'>): string {
  const script = `.\\${entry.replaceAll('/', '\\')}`;
  return [...nodeOptions, /\s/.test(script) ? `"${script}"` : script].join(' ');
}

const handlerComment =
  '<!-- Every URL goes to node, whole. The name is removed first: an application above may have it. -->';

const platformComments = [
  '<!-- HttpPlatformHandler starts node, and gives it a free port: the app listens on process.env.PORT. WebSockets need the Windows',
  '     feature WebSocket Protocol. processesPerApplication: more than one process needs transports without polling, and an adapter.',
  '     stdoutLogEnabled="true" writes what node prints to stdoutLogFile; its folder must exist. -->',
].join('\n');

/** `<httpPlatform>` with its comment. */
export function platformXml(wants: WebConfigWants, variables: ReadonlyMap<string, string>): string {
  return [
    platformComments,
    '<httpPlatform',
    `  processPath=${quoted(platformProgram)}`,
    `  arguments=${quoted(platformArguments(wants))}`,
    '  startupTimeLimit="60"',
    `  processesPerApplication=${quoted(String(Math.max(1, wants.processes ?? 1)))}`,
    '  stdoutLogEnabled="false"',
    '  stdoutLogFile=".\\logs\\node">',
    '  <environmentVariables>',
    ...[...variables].map(([name, value]) => `    ${variableXml(name, value)}`),
    '  </environmentVariables>',
    '</httpPlatform>',
  ].join('\n');
}

/**
 * The web.config of an app that HttpPlatformHandler runs; LF, two spaces, UTF-8. There are no rules: the module's mapping takes all URLs, and
 * the WebSocketModule, on by default, carries upgrades.
 *
 * @throws UserError ENTRY_UNUSABLE (usage).
 */
export function generatePlatformConfig(wants: WebConfigWants): string {
  const checked = checkedWants(wants);
  const lines = [
    '<handlers>',
    `  ${handlerComment}`,
    `  <remove name=${quoted(platformHandlerName)} />`,
    `  ${platformHandlerXml(platformHandlerName)}`,
    '</handlers>',
    ...platformXml(checked, platformVariables(checked)).split('\n'),
  ];
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<configuration>',
    '  <system.webServer>',
    ...lines.map((line) => `    ${line}`),
    '  </system.webServer>',
    '</configuration>',
    '',
  ].join('\n');
}
