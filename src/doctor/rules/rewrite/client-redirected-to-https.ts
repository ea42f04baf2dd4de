import { clientTarget } from '../../../source/index.js';
import { socketUrls } from '../../facts/socket-route.js';
import type { FileFacts } from '../../types.js';
import { defineRule } from '../define-rule.js';
import { redirectsSockets } from '../symptoms.js';

const directive = 'upgrade-insecure-requests';
const headerPackages = ['helmet', '@fastify/helmet', 'koa-helmet'];

/** May a header or the page itself make the browser use https in place of http? */
function isUpgraded({ server, query, folder }: FileFacts, page: string): boolean {
  const headers = query.section('system.webServer/httpProtocol')?.child('customHeaders').items ?? [];
  return (
    headerPackages.some((name) => server.modules.has(name)) ||
    headers.some((header) => header.string('value').includes(directive)) ||
    server.scripts.some(({ source }) => source.text.includes(directive)) ||
    folder.read(page)?.includes(directive) === true
  );
}

/** Clients with an address without TLS, where a rule redirects to https. */
export const clientRedirectedToHttps = defineRule({
  code: 'CLIENT_REDIRECTED_TO_HTTPS',
  severity: 'warning',
  explains: redirectsSockets,
  title: "The client's address is http, and a rule redirects socket.io's requests to https",
  why: 'A WebSocket handshake does not follow a redirect, and a polling POST becomes a GET: the client never connects, if the address is that of this site.',
  help: `A page that was opened by https connects by https: io() without an address does. An address such as http://example.com or
ws://example.com in the client is redirected by the rule for https, which sockets do not follow, and a page opened by https may not use it at
all. Leave the address out, or write https://. A page with the Content-Security-Policy upgrade-insecure-requests, which helmet sets, connects by
https all the same and is not reported.`,
  check(facts) {
    const [handshake = ''] = socketUrls(facts);
    return facts.pages
      .filter((page) => !isUpgraded(facts, page.name))
      .flatMap(({ clients }) => clients)
      .flatMap((client) => {
        const address = client.url?.value.kind === 'literal' ? String(client.url.value.value) : '';
        if (!/^(http|ws):\/\//i.test(address) || clientTarget(client) !== 'elsewhere') return [];
        const url = address.replace(/^ws/i, 'http');
        if (!URL.canParse(url)) return [];
        const { host } = new URL(url);
        const end = facts.query.journey(handshake, { address: { scheme: 'http', host }, followed: false });
        if (end?.rewrite.kind !== 'redirect' || !/^https:/i.test(end.rewrite.location)) return [];
        const message = `The client connects to ${address}; rule "${end.applied.at(-1)?.rule.name}" redirects it to https.`;
        return [{ message, fix: 'io()', at: client.at }];
      });
  },
});
