import path from 'node:path';
import {
  blocksInline,
  blocksOwnScripts,
  blocksScriptOf,
  type ContentPolicy,
  clientTarget,
  type PageFacts,
  refusedTransports,
  type SocketClient,
  switchIn,
} from '../../../source/index.js';
import { type GivenPolicy, isOfServer, policiesOfPages } from '../../facts/page-policies.js';
import type { Place, RuleFinding } from '../../types.js';
import { defineRule } from '../define-rule.js';
import { socketsFail } from '../symptoms.js';

/** socket.io's client script of another host, as a page names it. */
function foreignClientScript({ scripts }: PageFacts): { readonly url: URL; readonly at: Place } | undefined {
  for (const { src, at } of scripts) {
    const address = src.startsWith('//') ? `https:${src}` : src;
    if (/^https?:\/\//i.test(address) && /socket\.io/i.test(address) && URL.canParse(address))
      return { url: new URL(address), at };
  }
  return undefined;
}

/** What a policy keeps a page from. */
function faultOf(page: PageFacts, file: string, given: GivenPolicy): RuleFinding | undefined {
  const clients = page.clients.filter((each) => clientTarget(each) === 'here');
  const { policy, at, by, framework } = given;
  if (policy === undefined || clients.length === 0) return undefined;
  const place = at && { at };
  const inline = clients.find((each) => each.at.file === file && each.from === undefined);
  if (inline !== undefined && blocksInline(policy))
    return {
      message: `${page.name} has a client of socket.io in an inline script (line ${inline.at.line}), which the Content-Security-Policy of ${by} refuses.`,
      fix: "Move the script into a file of its own: <script src=\"app.js\"></script>; or script-src 'self' 'unsafe-inline'",
      ...place,
    };
  if (framework !== undefined && blocksInline(policy))
    return {
      message: `The Content-Security-Policy of ${by} refuses the inline scripts with which ${framework} starts a page, so that the client of ${page.name} never runs.`,
      fix: "script-src 'self' 'unsafe-inline', or a nonce for each request",
      ...place,
    };
  const foreign = foreignClientScript(page);
  if (foreign !== undefined && blocksScriptOf(policy, foreign.url))
    return {
      message: `${page.name} loads socket.io's client from ${foreign.url.host} (line ${foreign.at.line}), which the Content-Security-Policy of ${by} refuses.`,
      fix: `Load the client that the server has: <script src="socket.io/socket.io.js"></script>; or script-src 'self' ${foreign.url.origin}`,
      ...place,
    };
  const own = page.scripts.find(({ src }) => !/^(?:[a-z][a-z\d+.-]*:|\/\/)/i.test(src));
  if (own !== undefined && blocksOwnScripts(policy))
    return {
      message: `The Content-Security-Policy of ${by} does not let ${page.name} run ${own.src} (line ${own.at.line}), a script of its own host.`,
      fix: "script-src 'self'",
      ...place,
    };
  const refused = clients.flatMap((client) => refusedConnection(page, client, policy, by) ?? []);
  const found = refused.find(({ severity }) => severity === undefined) ?? refused[0];
  return found && { ...found, ...place };
}

/** What a client begins with, and may go over to: socket.io's default. */
const standard: readonly string[] = ['polling', 'websocket'];

/** A client that is not allowed to connect with a transport that it uses. */
function refusedConnection(
  { name }: PageFacts,
  { options }: SocketClient,
  policy: ContentPolicy,
  by: string,
): RuleFinding | undefined {
  const { known, transports, setsTransports, tryAllTransports } = options;
  const refused = refusedTransports(policy);
  const used = transports ?? (known && !setsTransports ? standard : undefined);
  if (refused.length === 2)
    return {
      message: `The Content-Security-Policy of ${by} does not let ${name} connect to its own host, so that its client of socket.io is refused.`,
      fix: "connect-src 'self'",
    };
  const [transport] = refused;
  if (transport === undefined || used === undefined || !used.includes(transport)) return undefined;
  const says = `The Content-Security-Policy of ${by} lets ${name} connect to its own host`;
  const fix = "connect-src 'self', which is the own host by https: and by wss:";
  if (transport === 'polling')
    return used[0] === 'polling' && switchIn(tryAllTransports) !== true
      ? { message: `${says} by WebSocket alone, and its client of socket.io begins with polling.`, fix }
      : undefined;
  return {
    message: `${says}, but not by WebSocket: no source has the scheme wss:.`,
    fix,
    ...(used.includes('polling') && {
      severity: 'warning' as const,
      why: 'Chrome and Edge refuse the WebSocket: the console says "Refused to connect to \'wss://..\'", and the client stays on polling.',
    }),
  };
}

/** A browser refuses the client before any request is sent. */
export const policyBlocksClient = defineRule({
  code: 'POLICY_BLOCKS_CLIENT',
  severity: 'error',
  explains: ['PAGE_POLICY_REFUSES', ...socketsFail],
  title: 'A Content-Security-Policy keeps the page from its sockets',
  why: 'Browsers refuse what a policy does not name: the console says "Refused to execute inline script" or "Refused to connect", and the server gets no request.',
  help: `script-src (else default-src) must allow the page's scripts: an inline script needs 'unsafe-inline', a nonce or a hash, a file of the same site
'self'. connect-src (else default-src) must allow the sockets: 'self' is the page's own host, also for wss: in browsers of today; Safari before
15.4 needs wss://HOST beside it. A host, or https:, allows polling alone: a WebSocket needs wss://HOST or wss:. Policies of web.config
(customHeaders), of the page itself (<meta http-equiv>), of helmet (also in koa-helmet and @fastify/helmet), of next.config, and those that the server's code
sets by name are read: response.setHeader, set, header, writeHead, of a middleware or where the page is sent. app.use(helmet())
sends script-src 'self' since version 4, and beside directives of one's own the defaults hold since version 5. Several policies hold
together: the strictest counts. A nonce or a hash may fit; nothing is reported then.`,
  check(facts) {
    const policiesOf = policiesOfPages(facts);
    return facts.pages.flatMap((page) => {
      const { all, ofCode } = policiesOf(page);
      // A script of a bundler is not inline.
      const isPage = !page.isBundled || isOfServer(facts, page);
      const file = isPage ? path.join(facts.folder.root, page.name) : '';
      const faults = (each: GivenPolicy): readonly RuleFinding[] => [faultOf(page, file, each) ?? []].flat();
      // One of them replaces the others.
      const inCode = ofCode.flatMap(faults);
      return [...all.flatMap(faults), ...(inCode.length === ofCode.length ? inCode : [])].slice(0, 1);
    });
  },
});
