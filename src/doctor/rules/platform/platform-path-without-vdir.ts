import { httpPlatformOf, startsEntry } from '../../facts/http-platform.js';
import { serverPaths } from '../../facts/realtime.js';
import { defineRule } from '../define-rule.js';
import { everythingFails } from '../symptoms.js';

/** node gets the whole URL, virtual directory included (httpplatformhandler.md 0.7 and 6). */
export const platformPathWithoutVdir = defineRule({
  code: 'PLATFORM_PATH_WITHOUT_VDIR',
  severity: 'error',
  explains: everythingFails,
  title: "The server's socket.io path has no vdir path, and HttpPlatformHandler keeps it",
  why: 'HttpPlatformHandler passes node the whole URL, vdir path included; socket.io does not answer at a path that is not its own, and every handshake is 404.',
  help: `An app at /dante gets /dante/socket.io/ as the URL of every handshake. Give server and clients that path: new Server(server, { path:
'/dante/socket.io' }) and io({ path: '/dante/socket.io' }). Version 2 of HttpPlatformHandler puts the vdir path into HTTP_PLATFORM_APPL_PATH;
for both versions an environment variable of your own in <environmentVariables> does. Routes of the app need it as well. Or give the app a
site of its own.`,
  check(facts) {
    const platform = httpPlatformOf(facts);
    const base = facts.vdirPath?.path;
    if (platform === undefined || base === undefined || base === '/' || !startsEntry(facts, platform)) return [];
    if (facts.loader?.strips) return []; // the app sees its URLs without it
    return serverPaths(facts)
      .filter(({ path }) => path !== undefined && !path.startsWith(`${base}/`))
      .map(({ path, isSet, at }) => ({
        message: `The server answers at ${path}${isSet ? '' : ' (the default)'}, but browsers ask for ${base}/socket.io.`,
        fix: `path: '${base}/socket.io'`,
        at,
      }));
  },
});
