import type { IisnodeSettings } from '../../webconfig/index.js';
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

/** The answer to `?kill`. */
export function killedPage(wasRunning: boolean): string {
  return wasRunning
    ? '<p>The debugger and debugee processes have been killed</p>'
    : '<p>The debugger for the application is not running</p>';
}
