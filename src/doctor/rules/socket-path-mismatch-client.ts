import { hostedElsewhere, serverPaths, withoutEndSlash } from '../facts/realtime.js';
import type { SocketClient } from '../source/socket-client.js';
import type { Facts, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';

/** Where the client has to ask; undefined when nobody says. */
function expectedPath(facts: Facts): string | undefined {
  const { vdirPath } = facts;
  const paths = new Set(serverPaths(facts).map(({ path }) => path));
  const [only] = paths;
  const known = paths.size === 1 ? only : undefined;
  if (vdirPath === undefined || vdirPath.path === '/') return known;
  if (known?.startsWith(`${vdirPath.path}/`)) return known;
  return `${vdirPath.path}/socket.io`;
}

/** Another server's business. */
function isElsewhere({ url }: SocketClient): boolean {
  return (
    url?.value.kind === 'literal' &&
    /^([a-z]+:)?\/\//i.test(String(url.value.value)) &&
    !/^([a-z]+:)?\/\/localhost\b/i.test(String(url.value.value))
  );
}

function judgeClient(client: SocketClient, expected: string): RuleFinding | undefined {
  const { path, resource, known } = client.options;
  // The 0.9 name is REMOVED_SOCKET_API's to report.
  if (isElsewhere(client) || resource) return undefined;
  const fix = "path: new URL('socket.io', location.href).pathname";
  if (path) {
    if (path.value.kind !== 'literal' || withoutEndSlash(String(path.value.value)) === expected) return undefined;
    return { message: `The client asks at ${path.value.value}, the server answers at ${expected}.`, fix, at: path.at };
  }
  if (!known || expected === '/socket.io') return undefined;
  return {
    message: `The client asks at /socket.io (the default), the server answers at ${expected}.`,
    fix,
    at: client.at,
  };
}

/** The client asks where the app is not. */
export const socketPathMismatchClient = defineRule({
  code: 'SOCKET_PATH_MISMATCH_CLIENT',
  severity: 'error',
  title: "The client's socket.io path does not fit the server's",
  why: "socket.io's client asks at /socket.io of the site's root unless told otherwise, and an app in a virtual directory owns only what lies below it: 404.",
  help: `The browser does not derive socket.io's path from the page. Set it, best from the page's own address so that it is right
wherever the app sits: io({ path: new URL('socket.io', location.href).pathname }), and load the client script relative to the page:
<script src="socket.io/socket.io.js">.`,
  check(facts) {
    const expected = hostedElsewhere(facts) ? undefined : expectedPath(facts);
    if (expected === undefined) return [];
    const clients = facts.pages.flatMap((page) => page.clients.map((client) => judgeClient(client, expected)));
    const scripts = facts.pages.flatMap((page) =>
      page.scripts.map(({ src, at }) => {
        if (expected === '/socket.io' || !/^\/socket\.io\/socket\.io(\.\w+)*\.js$/.test(src)) return undefined;
        return {
          message: `The page loads ${src} from the site's root, the server has it at ${expected}/socket.io.js.`,
          fix: '<script src="socket.io/socket.io.js">',
          at,
        };
      }),
    );
    return [...clients, ...scripts].filter((finding) => finding !== undefined);
  },
});
