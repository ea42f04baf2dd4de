import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import { applicationHostText } from '../../src/config/index.js';
import type { EventSeen, RightSeen, ServerSeen } from '../../src/server/index.js';

/** What a site is looked at with, besides its folder. */
interface Around {
  /** The web.config of the site's root. */
  readonly root?: string;
  /** The web.config of the application /child. */
  readonly child?: string;
  /** The server's applicationHost.config, made from the usual one. */
  readonly server?: (text: string) => string;
  /** What was seen of IIS on this machine. */
  readonly seen?: ServerSeen;
}

const webServer = (inner: string): string =>
  `<configuration>\n  <system.webServer>\n${inner}\n  </system.webServer>\n</configuration>\n`;
const handler = '<handlers>\n<add name="iisnode" path="server.js" verb="*" modules="iisnode" />\n</handlers>';
const catchAll =
  '<rewrite>\n<rules>\n<rule name="site" stopProcessing="true">\n<match url=".*" />\n<action type="Rewrite" url="server.js" />\n</rule>\n</rules>\n</rewrite>';
const plain = webServer('<directoryBrowse enabled="false" />');

/** A pool that never ends, in which the app is. */
const steady = (text: string): string =>
  text.replace(
    '<add name="DefaultAppPool" />',
    '<add name="DefaultAppPool"><processModel idleTimeout="00:00:00" /><recycling><periodicRestart time="00:00:00" /></recycling></add>',
  );

const dll = (bits: 32 | 64) => ({ path: 'C:\\x\\x.dll', version: '0.2.26.0', bits });
const schema = { path: 'C:\\x\\schema.xml' };
const allInstalled = {
  iisnode: dll(64),
  iisnode32: null,
  iisnodeSchema: schema,
  rewrite: dll(64),
  rewriteSchema: schema,
};
const node = { path: 'C:\\Program Files\\nodejs\\node.exe', version: '22.1.0', bits: 64, from: 'PATH' } as const;
const account = 'IIS AppPool\\Dante';
const right = (of: RightSeen['of'], path: string, more: Partial<RightSeen> = {}): RightSeen => ({
  of,
  path,
  account,
  needs: 'read',
  allowed: 'no',
  ...more,
});
const event = (kind: EventSeen['kind'], says: string): EventSeen => ({
  id: 1,
  source: 'WAS',
  kind,
  at: '2026-01-31T10:00:00Z',
  says,
});
const profile = 'C:\\Users\\ann\\nvm\\node.exe';

/** What probes have seen of the server itself. */
const seenOnServer: Readonly<Record<string, Around>> = {
  'all-installed': {
    server: (text) => steady(text),
    seen: {
      files: allInstalled,
      poolState: 'Started',
      disk: { drive: 'C:', freeBytes: 10 ** 10 },
      node,
      rights: [right('app', 'C:\\app', { allowed: 'yes' }), right('above', 'C:\\', { allowed: 'unknown' })],
    },
  },
  'nothing-installed': { seen: { files: { iisnode: null, iisnode32: null, iisnodeSchema: null } } },
  'dll-for-32-bit': {
    server: (text) => steady(text),
    seen: { files: { ...allInstalled, iisnode: null, iisnode32: dll(32) } },
  },
  'disk-full': { seen: { disk: { drive: 'D:', freeBytes: 12_345_678 } } },
  'without-web-sockets': { seen: { components: { WebSockets: false } } },
  'with-web-sockets': { seen: { components: { WebSockets: true } } },
  'without-schema': { seen: { files: { ...allInstalled, iisnodeSchema: null } } },
  'without-url-rewrite': { seen: { files: { ...allInstalled, rewrite: null, rewriteSchema: null } } },
  'worker-crashed': {
    seen: { events: [event('crash', 'A process ended'), event('module', 'The Module DLL other.dll')] },
  },
  'module-of-others': { seen: { events: [event('module', 'The Module DLL C:\\other.dll failed to load')] } },
  'pool-disabled': {
    server: (text) => steady(text),
    seen: { poolState: 'Stopped', events: [event('disabled', 'Disabled'), event('identity', 'No logon')] },
  },
  'pool-stopped': { server: (text) => steady(text), seen: { poolState: 'Stopped' } },
  'without-node': { seen: { node: null, ownNode: profile } },
  'node-of-user': {
    seen: { node: { ...node, path: profile }, rights: [right('node', profile, { needs: 'execute' })] },
  },
  'node-linked-to-user': { seen: { node: { ...node, target: 'C:\\Users\\ann\\AppData\\Roaming\\nvm\\v20' } } },
  'node-of-user-readable': {
    seen: { node: { ...node, path: profile }, rights: [right('node', profile, { allowed: 'yes' })] },
  },
  'node-of-0.10': { seen: { node: { ...node, version: '0.10.48' } } },
  'app-unreadable': { seen: { rights: [right('app', 'C:\\app'), right('entry', 'C:\\app\\server.js')] } },
  'logs-denied': { seen: { rights: [right('logs', 'C:\\app\\iisnode', { needs: 'add files', denied: true })] } },
  'visitors-unreadable': { seen: { rights: [right('static files', 'C:\\app', { account: 'IUSR' })] } },
  'in-profile': { seen: { rights: [right('above', 'C:\\Users\\ann', { needs: 'attributes' })] } },
};

/** Each by the name after the @ of a site. */
const surroundings: Readonly<Record<string, Around>> = {
  'catch-all-above': { root: webServer(catchAll) },
  'catch-all-kept-above': {
    root: `<configuration>\n<location path="." inheritInChildApplications="false">\n<system.webServer>\n${catchAll}\n</system.webServer>\n</location>\n</configuration>`,
  },
  'plain-site': { root: plain },
  'handler-above': { root: webServer(handler) },
  'child-with-same-handler': { child: webServer(handler) },
  'child-of-its-own': { child: plain },
  'service-stopped': { seen: { w3svc: 'stopped', was: 'running' } },
  'services-stopped': { seen: { w3svc: 'stopped', was: 'stopped' } },
  'service-running': { seen: { w3svc: 'running', was: 'running' } },
  'iisnode-0.2.7': { seen: { iisnode: '0.2.7.0' } },
  'iisnode-0.1.21': { seen: { iisnode: '0.1.21' } },
  'iisnode-0.2.21': { seen: { iisnode: '0.2.21' } },
  ...seenOnServer,
  server: { server: steady },
  'server-without-iisnode': {
    server: (text) => steady(text).replace(/ *<add name="iisnode" image=.*\r\n/, ''),
  },
  'server-for-32-bit': {
    server: (text) => steady(text).replace(/(<add name="iisnode" image="[^"]*")/, '$1 preCondition="bitness32"'),
  },
  'server-without-pool': {
    server: (text) => steady(text).replace('<application path="/">', '<application path="/" applicationPool="Gone">'),
  },
  'server-closed': {
    server: (text) =>
      steady(text).replace('<anonymousAuthentication enabled="true"', '<anonymousAuthentication enabled="false"'),
  },
  'server-signs-in': {
    server: (text) =>
      steady(text)
        .replace('<anonymousAuthentication enabled="true"', '<anonymousAuthentication enabled="false"')
        .replace('<basicAuthentication />', '<basicAuthentication enabled="true" />'),
  },
  'server-as-installed': { server: (text) => text },
  'server-with-proxy': {
    server: (text) => steady(withProxy(text, 'true')),
  },
  'server-with-proxy-off': { server: (text) => steady(withProxy(text, 'false')) },
};

/** What the installer of Application Request Routing writes. */
const withProxy = (text: string, enabled: string): string =>
  text
    .replace(
      /(<sectionGroup name="system.webServer">\r\n)/,
      '$1            <section name="proxy" overrideModeDefault="Deny" allowDefinition="AppHostOnly" />\r\n',
    )
    .replace(/( *<rewrite>)/, `        <proxy enabled="${enabled}" />\r\n$1`);

const files = mkdtempSync(path.join(os.tmpdir(), 'doctor-around-'));
afterAll(() => rmSync(files, { recursive: true, force: true }));

function written(name: string, file: string, text: string): string {
  const folder = path.join(files, name, path.dirname(file));
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(files, name, file), text);
  return path.join(files, name, file);
}

/** The usual server: the app is its site's root, and it has another one. */
export const usualServer = applicationHostText({
  unlocked: true,
  pools: ['DefaultAppPool'],
  sites: [
    {
      name: 'Default Web Site',
      id: 1,
      bindings: [{ protocol: 'http', information: '*:80:' }],
      applications: [
        { path: '/', physicalPath: 'C:\\inetpub\\app' },
        { path: '/other', physicalPath: 'C:\\apps\\other' },
      ],
    },
  ],
});

/** The options of the doctor for a site as the tables name it: 'everything-right@catch-all-above'. */
export function aroundOf(name: string, fixtures: string) {
  const [site = '', of] = name.split('@');
  const around = of === undefined ? undefined : surroundings[of];
  if (of === undefined) return { site, options: {} };
  if (around === undefined) throw new Error(`no surroundings ${of}`);
  const { root, child, server, seen } = around;
  const own = `/=${path.join(fixtures, site)}`;
  const options = {
    ...(root !== undefined && { siteRoot: path.dirname(written(of, 'web.config', root)), vdirPath: '/dante' }),
    ...(child !== undefined && {
      apps: [own, `/child=${path.dirname(written(of, 'child/web.config', child))}`],
    }),
    ...(seen && { serverSeen: seen }),
    ...(server && { apps: [own], apphost: written(of, 'applicationHost.config', server(usualServer)) }),
  };
  return { site, options };
}
