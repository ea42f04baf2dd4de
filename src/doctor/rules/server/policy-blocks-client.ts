import path from 'node:path';
import {
  blocksInline,
  blocksOwnSockets,
  blocksScriptOf,
  type ContentPolicy,
  clientTarget,
  type PageFacts,
  parsePolicy,
  policyOfHelmet,
} from '../../../source/index.js';
import { relativePathToApp } from '../../facts/page-url.js';
import type { FileFacts, Place, RuleFinding } from '../../types.js';
import { defineRule } from '../define-rule.js';
import { socketsFail } from '../symptoms.js';

/** A policy, and what has it. */
interface Given {
  readonly policy: ContentPolicy;
  readonly at: Place | undefined;
  readonly by: string;
}

const header = 'content-security-policy';

/** Those that IIS adds to every response. */
function policiesOfIis({ query }: FileFacts): readonly Given[] {
  const items = query.section('system.webServer/httpProtocol')?.child('customHeaders').items ?? [];
  return items
    .filter((item) => item.string('name').trim().toLowerCase() === header)
    .map((item) => {
      const origin = item.origin();
      return {
        policy: parsePolicy(item.string('value')),
        at: origin && query.placeOf(origin),
        by: 'web.config (customHeaders)',
      };
    });
}

/** Those that helmet adds to every response of the app, where the app answers the page: in its version, and before the page's route. */
function policiesOfHelmet(facts: FileFacts, page: PageFacts): readonly Given[] {
  const { query, server } = facts;
  const url = urlOf(facts, page);
  const { major } = query.versionOf('helmet');
  if (major === undefined || url === undefined || query.journey(url)?.isIisnode !== true) return [];
  return server.scripts.flatMap(({ habits, routes }) =>
    habits.policies.flatMap((sent) => {
      const isLate = routes.routes.some(
        ({ isStatic, method, at }) => (isStatic || method === 'get') && at.line < sent.at.line,
      );
      const policy = isLate ? undefined : policyOfHelmet(sent, major);
      return policy === undefined ? [] : [{ policy, at: sent.at, by: `helmet ${major}` }];
    }),
  );
}

/** The page's URL, relative to the app; undefined where it is not known. */
function urlOf(facts: FileFacts, page: PageFacts): string | undefined {
  if (page.isBundled || !/\.html?$/i.test(page.name) || relativePathToApp(facts, page) === undefined) return undefined;
  const [, ...inside] = page.name.split('/');
  return (inside.length === 0 ? page.name : inside.join('/')).replace(/(^|\/)index\.html?$/i, '$1');
}

/** socket.io's client script of another host, as a page names it. */
function foreignClientScript({ scripts }: PageFacts): { readonly url: URL; readonly at: Place } | undefined {
  for (const { src, at } of scripts) {
    const address = src.startsWith('//') ? `https:${src}` : src;
    if (/^https?:\/\//i.test(address) && /socket\.io/i.test(address) && URL.canParse(address))
      return { url: new URL(address), at };
  }
  return undefined;
}

function faultOf(page: PageFacts, file: string, { policy, at, by }: Given): RuleFinding | undefined {
  const [client] = page.clients.filter((each) => clientTarget(each) === 'here');
  if (client === undefined) return undefined;
  const inline = page.clients.find((each) => each.at.file === file && each.from === undefined);
  const place = at && { at };
  if (inline !== undefined && blocksInline(policy))
    return {
      message: `${page.name} has a client of socket.io in an inline script (line ${inline.at.line}), which the Content-Security-Policy of ${by} refuses.`,
      fix: "Move the script into a file of its own: <script src=\"app.js\"></script>; or script-src 'self' 'unsafe-inline'",
      ...place,
    };
  const foreign = foreignClientScript(page);
  if (foreign !== undefined && blocksScriptOf(policy, foreign.url))
    return {
      message: `${page.name} loads socket.io's client from ${foreign.url.host} (line ${foreign.at.line}), which the Content-Security-Policy of ${by} refuses.`,
      fix: `Load the client that the server has: <script src="socket.io/socket.io.js"></script>; or script-src 'self' ${foreign.url.origin}`,
      ...place,
    };
  if (!blocksOwnSockets(policy)) return undefined;
  return {
    message: `The Content-Security-Policy of ${by} does not let ${page.name} connect to its own host, so that its client of socket.io is refused.`,
    fix: "connect-src 'self'",
    ...place,
  };
}

/** A browser refuses the client before any request is sent. */
export const policyBlocksClient = defineRule({
  code: 'POLICY_BLOCKS_CLIENT',
  severity: 'error',
  explains: socketsFail,
  title: 'A Content-Security-Policy keeps the page from its sockets',
  why: 'Browsers refuse what a policy does not name: the console says "Refused to execute inline script" or "Refused to connect", and the server gets no request.',
  help: `script-src (else default-src) must allow the page's scripts: an inline script needs 'unsafe-inline', a nonce or a hash, a file of the same site
'self'. connect-src (else default-src) must allow the sockets: 'self' is the page's own host, also for wss: in browsers of today; Safari before
15.4 needs wss://HOST beside it. Policies of web.config (customHeaders), of the page itself (<meta http-equiv>) and of helmet are read: app.use(helmet())
sends script-src 'self' since version 4, and beside directives of one's own the defaults hold since version 5. Other headers of the server's
code are not read. A nonce or a hash may fit; nothing is reported then.`,
  check(facts) {
    const ofIis = policiesOfIis(facts);
    return facts.pages.flatMap((page) => {
      if (page.isBundled) return [];
      const ofPage = page.policies.map(({ text, at }): Given => ({ policy: parsePolicy(text), at, by: 'the page' }));
      const [found] = [...ofPage, ...ofIis, ...policiesOfHelmet(facts, page)].flatMap(
        (policy) => faultOf(page, path.join(facts.folder.root, page.name), policy) ?? [],
      );
      return found ? [found] : [];
    });
  },
});
