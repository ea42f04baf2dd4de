import { clientTarget, switchIn } from '../../../source/index.js';
import { hostedElsewhere } from '../../facts/realtime.js';
import { defineRule } from '../define-rule.js';

/** A client sends cookies to another origin, and no server allows that (symptoms.md S62). */
export const credentialsNotAllowed = defineRule({
  code: 'CREDENTIALS_NOT_ALLOWED',
  severity: 'warning',
  explains: ['LIVE_CORS_WITHOUT_CREDENTIALS', 'LIVE_CORS_REFUSED'],
  title: 'A client on another origin sends credentials, and the server does not allow them',
  why: 'If that address is this server, the browser refuses its answers ("credentials mode is include"): the client stays at "xhr poll error".',
  help: `withCredentials: true in a client sends cookies to another origin, which sticky sessions over polling need. The browser takes the answer only if
the server names the origin of the page and allows credentials: cors: { origin: ['https://www.example.com'], credentials: true }. A
client that connects to the host of its own page needs neither.`,
  check(facts) {
    if (hostedElsewhere(facts)) return [];
    const servers = facts.server.scripts.flatMap(({ sockets }) => sockets.servers);
    if (servers.length === 0 || servers.some(({ settings }) => settings.allowsCredentials !== false)) return [];
    return facts.pages
      .flatMap(({ clients }) => clients)
      .filter((client) => clientTarget(client) === 'elsewhere' && switchIn(client.options.withCredentials) === true)
      .map((client) => ({
        message: `The client connects to ${client.url?.text} with credentials, and the server's cors does not allow them.`,
        fix: "cors: { origin: ['https://www.example.com'], credentials: true } in the server",
        at: client.at,
      }));
  },
});
