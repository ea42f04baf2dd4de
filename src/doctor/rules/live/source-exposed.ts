import type { LiveRule } from '../../types.js';
import { afterPage, exposedOf } from './exposed-of.js';

/** The app's own code. */
export const sourceExposed: LiveRule = {
  code: 'LIVE_SOURCE_EXPOSED',
  scope: 'live',
  severity: 'error',
  title: 'Everybody can read the code of the server',
  why: 'Where the entry point itself comes, IIS sends it in place of running it: iisnode has no handler for it. Secrets in the code are known.',
  help: afterPage(
    'Scripts of the server are recognised by what they load (http, express, socket.io, fs). IIS sends each file that no handler and no rule takes. With the files of the app the doctor asks for the scripts that the entry point loads, without them for server.js, app.js and index.js.',
  ),
  check: (facts) =>
    exposedOf(
      facts,
      'source',
      ([first]) =>
        `a handler of iisnode for the entry point, and as the last rule one that sends every URL to node: <match url=".*" /> <action type="Rewrite" url="${first?.name ?? 'server.js'}" />`,
    ),
};
