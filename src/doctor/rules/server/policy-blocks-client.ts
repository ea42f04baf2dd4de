import path from 'node:path';
import { blocksInline, blocksOwnSockets, clientTarget, type PageFacts, parsePolicy } from '../../../source/index.js';
import type { FileFacts, Place, RuleFinding } from '../../types.js';
import { defineRule } from '../define-rule.js';
import { socketsFail } from '../symptoms.js';

/** A policy, and what has it. */
interface Given {
  readonly text: string;
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
      return { text: item.string('value'), at: origin && query.placeOf(origin), by: 'web.config (customHeaders)' };
    });
}

function faultOf(page: PageFacts, file: string, { text, at, by }: Given): RuleFinding | undefined {
  const policy = parsePolicy(text);
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
  if (!blocksOwnSockets(policy)) return undefined;
  return {
    message: `The Content-Security-Policy of ${by} lets ${page.name} connect to no server, so that its client of socket.io is refused.`,
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
15.4 needs wss://HOST beside it. Policies of web.config (customHeaders) and of the page itself (<meta http-equiv>) are read, not those that the
server's code sends. A nonce or a hash may fit; nothing is reported then.`,
  check(facts) {
    const ofIis = policiesOfIis(facts);
    return facts.pages.flatMap((page) => {
      if (page.isBundled) return [];
      const ofPage = page.policies.map((each): Given => ({ ...each, by: 'the page' }));
      const [found] = [...ofPage, ...ofIis].flatMap(
        (policy) => faultOf(page, path.join(facts.folder.root, page.name), policy) ?? [],
      );
      return found ? [found] : [];
    });
  },
});
