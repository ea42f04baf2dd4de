import { type Place, type ServerScript, upwards } from '../../source/index.js';
import { iisnodeSock } from '../../typed-command.js';
import { hostedElsewhere } from '../facts/realtime.js';
import type { FileFacts } from '../types.js';
import { defineRule } from './define-rule.js';
import { everythingFails } from './symptoms.js';

/** Packages that open a port in code of their own. */
const packages =
  /^(uWebSockets\.js|uws|hyper-express|ultimate-express|ultimate-ws|@colyseus\/uwebsockets-transport|@sifrr\/server)$/;
/** What has a server of node. */
const ofNode =
  /^(?:node:)?(?:https?|http2|net)$|^(?:express|koa|fastify|restify|polka|h3|nitropack|ws|@hono\/node-server|@hapi\/hapi|@nestjs\/core)$/;

interface OtherServer {
  readonly name: string;
  readonly at: Place;
  /** The program that has it: node does not. */
  readonly runtime?: 'bun' | 'deno';
}

/** Where a script loads one of the packages, or calls `Bun.serve`, `Deno.serve` in a branch that is always taken. */
function otherServerIn({
  tree,
  bindings,
  modules,
  place,
}: NonNullable<ServerScript['context']>): OtherServer | undefined {
  const loaded = modules.find(({ specifier, when }) => packages.test(specifier) && when !== 'guarded');
  if (loaded !== undefined) return { name: loaded.specifier, at: place(loaded.start) };
  const isOnCondition = upwards(tree, ({ type }) =>
    /^(If|Switch|Try)Statement$|^(Conditional|Logical)Expression$/.test(type),
  );
  for (const node of tree.ofType('CallExpression')) {
    const { callee } = node;
    const object = callee.type === 'MemberExpression' ? callee.object : undefined;
    if (callee.type !== 'MemberExpression' || object?.type !== 'Identifier' || !/^(Bun|Deno)$/.test(object.name))
      continue;
    if (callee.property.type !== 'Identifier' || !/^(serve|listen)$/.test(callee.property.name)) continue;
    if (bindings.variableOf(object) !== undefined) continue;
    if (isOnCondition(tree.parentOf(node))) continue;
    const runtime = object.name === 'Bun' ? 'bun' : 'deno';
    return { name: `${object.name}.${callee.property.name}`, at: place(node.start), runtime };
  }
  return undefined;
}

function fixFor({ runtime }: OtherServer): string {
  if (runtime !== undefined)
    return `a server of node's http; or HttpPlatformHandler, which starts any program: processPath="${runtime}.exe", and its port in HTTP_PLATFORM_PORT`;
  return `new Server(http.createServer()); or HttpPlatformHandler, which gives the app a port: ${iisnodeSock} init . --module httpplatform --loader never, and listen on Number(process.env.PORT)`;
}

/** The app's server is none of node's http. */
export const serverWithoutNodeHttp = defineRule({
  code: 'SERVER_WITHOUT_NODE_HTTP',
  severity: 'error',
  explains: [
    'APP_NEVER_LISTENED',
    'APP_LISTENED_ELSEWHERE',
    ...everythingFails,
    { finding: 'APP_CRASHED', saying: /\b(Bun|Deno) is not defined|uWebSockets/ },
  ],
  title: "The app's server is none of node's http",
  why: 'It opens a TCP port in code of its own: it cannot listen on the named pipe of iisnode, and the loader cannot hand it connections.',
  help: `uWebSockets.js, and what is built on it, opens its port in C++ and takes no named pipe; Bun.serve and Deno.serve are in no node at all.
iisnode reaches an app by a named pipe alone. Let socket.io use a server of node, new Server(http.createServer()), whose clients are the
same; or host the app with HttpPlatformHandler, which starts any program and gives it a port in HTTP_PLATFORM_PORT. A server that
is made on a condition (typeof Bun), or beside one of node, is not reported.`,
  check(facts: FileFacts) {
    if (hostedElsewhere(facts) || [...facts.server.modules].some((name) => ofNode.test(name))) return [];
    const [found] = facts.server.scripts.flatMap(({ context }) => (context && otherServerIn(context)) ?? []);
    if (found === undefined) return [];
    return [
      {
        message: `The app's server is ${found.name}, which iisnode cannot reach, with the loader or without it.`,
        fix: fixFor(found),
        at: found.at,
      },
    ];
  },
});
