import path from 'node:path';
import type { IisnodeSettings } from '../../webconfig/index.js';
import { escapeHtml } from './error-pages.js';
import { BridgeError, win32 } from './failures.js';

export type DebugCommand = 'redirect' | 'debug' | 'kill';

/**
 * Recognises the debugger's URLs after a script (iisnode 0.2.27, cnodedebugger.cpp GetDebugCommand): `/debug`,
 * `/debug/`, `/debug/?kill`. Throws BridgeError 500.1000 (87) when debugging is on and its path segment is empty.
 */
export function debugCommand(settings: IisnodeSettings, pathInfo: string, url: string): DebugCommand | undefined {
  if (!settings.debuggingEnabled) return undefined;
  const segment = `/${settings.debuggerPathSegment}`.toLowerCase();
  if (segment === '/') {
    throw new BridgeError('beforeDispatch', win32.invalidParameter, {
      detail: 'debuggerPathSegment is empty while debuggingEnabled is true',
    });
  }
  if (pathInfo === '') return undefined;
  const path = pathInfo.toLowerCase();
  if (path === segment) return 'redirect';
  if (!path.startsWith(`${segment}/`)) return undefined;
  const query = url.indexOf('?');
  return query >= 0 && url.slice(query).toLowerCase() === '?kill' ? 'kill' : 'debug';
}

/**
 * The answer at the debugger's URL. iisnode starts node-inspector there, for which Node needs --debug: since version 8 it has no such option, and
 * a visit ends the application until its next request (iisnode 0.2.27, cnodeapplicationmanager.cpp). Here it goes on.
 */
export function debuggerPage(settings: IisnodeSettings, script: string): string {
  const name = escapeHtml(path.basename(script));
  const command = escapeHtml(`${settings.nodeProcessCommandLine} --inspect=127.0.0.1:9229`);
  return `<h1>Debugging ${name}</h1>
<p>This is the URL of iisnode's debugger, node-inspector, which works with Node up to 7 alone: on a server with a newer one a visit of this page only
stops the application until its next request. Here it goes on.</p>
<h2>Today</h2>
<ol>
<li>In web.config: <code>&lt;iisnode nodeProcessCommandLine="${command}" nodeProcessCountPerApplication="1" /&gt;</code> (one process, since each needs
a port of its own), or the same line in iisnode.yml: <code>nodeProcessCommandLine: ${command}</code></li>
<li>Ask for a page of the application: it starts anew, and listens for a debugger on this machine.</li>
<li>Open <code>chrome://inspect</code> in Chrome or Edge, or attach to port 9229 in your editor. From another machine: <code>ssh -L 9229:127.0.0.1:9229 SERVER</code> first.</li>
</ol>
<p>Write <code>debuggingEnabled="false"</code> into web.config of a site in production: every visitor can open this URL.</p>`;
}

/** The answer to `?kill`. */
export function killedPage(wasRunning: boolean): string {
  return wasRunning
    ? '<p>The debugger and debugee processes have been killed</p>'
    : '<p>The debugger for the application is not running</p>';
}
