import type { LiveRule } from '../../types.js';
import { afterPage, exposedOf } from './exposed-of.js';

/** iisnode's debugger (symptoms.md S69). */
export const debuggerExposed: LiveRule = {
  code: 'LIVE_DEBUGGER_EXPOSED',
  scope: 'live',
  severity: 'error',
  title: "iisnode's debugger is switched on for everybody",
  why: 'Any visitor can start a debugger for the app and read or change what it has in memory, or end it.',
  help: afterPage(
    'For ENTRY/debug iisnode answers with a redirect to ENTRY/debug/ while debuggingEnabled is true, which is its default. The doctor does not follow it, because that starts the debugger.',
  ),
  check: (facts) => exposedOf(facts, 'debugger', () => 'debuggingEnabled="false" in the iisnode section'),
};
