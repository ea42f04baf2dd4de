import {
  blocksInline,
  blocksOwnScripts,
  blocksScriptOf,
  type ContentPolicy,
  type LiveClient,
  mayBeOwnHost,
  parsePolicy,
  readMetaPolicies,
  refusedTransports,
} from '../source/index.js';
import type { LoadedPage } from './page-files.js';
import { parseClientAddress } from './socket-targets.js';
import type { PolicyRefusal } from './types.js';
import { isLoopback, type ProbeAnswer } from './visitor.js';

interface Given {
  readonly policy: ContentPolicy;
  readonly by: PolicyRefusal['by'];
}

/** What a Content-Security-Policy keeps a page's clients of socket.io from: of the header, or of the page itself. A browser obeys all of them. */
export function policyRefusal({ headers }: ProbeAnswer, loaded: LoadedPage): PolicyRefusal | undefined {
  const [page] = loaded.texts;
  const sent = headers['content-security-policy'];
  const policies = [
    // Several lines of the header are one with commas.
    ...[sent ?? []]
      .flat()
      .join(',')
      .split(',')
      .map((text): Given => ({ policy: parsePolicy(text), by: 'header' })),
    ...(page === undefined ? [] : readMetaPolicies(page)).map(
      ({ text }): Given => ({ policy: parsePolicy(text), by: 'meta' }),
    ),
  ];
  const refusals = policies.flatMap((given) => refusalOf(given, loaded) ?? []);
  return refusals.find(({ isWhole }) => isWhole) ?? refusals[0];
}

function refusalOf({ policy, by }: Given, loaded: LoadedPage): PolicyRefusal | undefined {
  const { clients, clientScripts, texts, where } = loaded;
  const { address } = where;
  const own = clients.filter((client) => isOwnClient(client, address));
  if (own.length === 0) return undefined;
  const isOwn = (host: string): boolean =>
    isHost(host, address) || (isLoopback(address.hostname) && mayBeOwnHost(host));
  const refusal = (what: PolicyRefusal['what'], subject: string, isWhole = true): PolicyRefusal => {
    const names =
      what === 'connection' ? ['connect-src', 'default-src'] : ['script-src-elem', 'script-src', 'default-src'];
    const name = names.find((each) => policy.has(each)) ?? '';
    return { what, subject, by, directive: [name, ...(policy.get(name) ?? [])].join(' ').slice(0, 200), isWhole };
  };
  const inline = own.find(({ at }) => at.file === texts[0]?.file);
  if (inline !== undefined && blocksInline(policy)) return refusal('inline script', `line ${inline.at.line}`);
  const foreign = clientScripts.find(({ origin }) => origin !== address.origin);
  if (foreign !== undefined && blocksScriptOf(policy, foreign)) return refusal('script', foreign.href);
  const [script] = [
    ...clientScripts.filter((each) => each !== foreign).map(({ href }) => href),
    ...texts.slice(1).map(({ file }) => file),
  ];
  if (script !== undefined && blocksOwnScripts(policy, isOwn)) return refusal('script', script);
  const refused = refusedTransports(policy, isOwn);
  if (refused.length === 2) return refusal('connection', 'polling and WebSocket');
  const [transport] = refused;
  const users = own.filter(({ transports }) => transports?.includes(transport ?? ''));
  if (transport === 'polling' && users.some(({ transports }) => transports?.[0] === 'polling'))
    return refusal('connection', 'polling');
  if (transport !== 'websocket' || users.length === 0) return undefined;
  const isAlone = users.some(({ transports }) => !transports?.includes('polling'));
  return refusal('connection', 'WebSocket', isAlone);
}

const isOwnClient = (client: LiveClient, page: URL): boolean =>
  (client.address === undefined || client.address.value !== undefined) &&
  parseClientAddress(client, page).origin === undefined;

/** `chat.example.com`, `*.example.com:8080` */
function isHost(source: string, { hostname, port, protocol }: URL): boolean {
  const [, host = '', at = ''] = /^(.*?)(?::([\d*]+))?$/.exec(source) ?? [];
  const isName = host === '*' || (host.startsWith('*.') ? hostname.endsWith(host.slice(1)) : hostname === host);
  const standard = protocol === 'https:' ? '443' : '80';
  return isName && (at === '*' || (at || standard) === (port || standard));
}
