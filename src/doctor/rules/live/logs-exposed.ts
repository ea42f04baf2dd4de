import type { LiveRule } from '../../types.js';
import { afterPage, exposedOf } from './exposed-of.js';

/** What the app writes (symptoms.md S67). */
export const logsExposed: LiveRule = {
  code: 'LIVE_LOGS_EXPOSED',
  scope: 'live',
  severity: 'error',
  title: "Everybody can read iisnode's logs",
  why: 'Visitors read addresses, tokens and stack traces that the app writes.',
  help: afterPage(
    'iisnode writes logs into the folder "iisnode" next to the entry point, with an index page that lists them; IIS sends them like any file. Hide the folder, write the logs to a folder outside of the site (logDirectory), or set loggingEnabled="false".',
  ),
  check: (facts) =>
    exposedOf(facts, 'logs', () => '<add segment="iisnode" /> in security/requestFiltering/hiddenSegments'),
};
