import { plural } from '../../../amounts.js';
import { printable } from '../../../printable.js';
import type { SeenText } from '../../types.js';
import { shownUrl } from '../redact.js';
import { isClientScript, isEngine, isPoll, isUpgrade } from './kinds.js';
import type { Exchange, Recording } from './read-har.js';

const sidOf = ({ url }: Exchange): string | null => url.searchParams.get('sid');
const endpoint = ({ url }: Exchange): string => `${url.host}${url.pathname}`;
const isHandshake = (exchange: Exchange): boolean =>
  isPoll(exchange) && exchange.method === 'GET' && sidOf(exchange) === null;

export interface SessionProblem {
  /** Of a known text. */
  readonly id: string;
  readonly quote: string;
}

/** What the sessions of the recording show together: several where one is enough, and no upgrade. */
export function sessionIds(exchanges: readonly Exchange[]): SessionProblem[] {
  const endpoints = new Map<string, Exchange[]>();
  for (const exchange of exchanges.filter(isEngine)) {
    const key = endpoint(exchange);
    const before = endpoints.get(key);
    if (before) before.push(exchange);
    else endpoints.set(key, [exchange]);
    if (endpoints.size > 100) break;
  }
  return [...endpoints.values()].flatMap((requests) => [...severalSessions(requests), ...noUpgrade(requests)]);
}

/** More sessions than a page has reasons for. */
const many = 3;

function severalSessions(requests: readonly Exchange[]): SessionProblem[] {
  const begun = requests.filter((each) => isHandshake(each) && each.status === 200);
  const [first] = begun;
  if (first === undefined || begun.length < many) return [];
  return [{ id: 'several-sessions', quote: `${begun.length} handshakes at ${shownUrl(first.url.href)}` }];
}

function noUpgrade(requests: readonly Exchange[]): SessionProblem[] {
  const polls = requests.filter((each) => isPoll(each) && sidOf(each) !== null && each.status === 200);
  const [first] = polls;
  const last = polls.at(-1);
  if (first === undefined || last === undefined || polls.length < 4 || requests.some(isUpgrade)) return [];
  if (!(last.started - first.started >= 3000)) return [];
  const handshake = requests.find((each) => isHandshake(each) && each.body !== '');
  const offered = /"upgrades":\[([^\]]{0,80})\]/.exec(handshake?.body ?? '')?.[1];
  const offers =
    offered === undefined ? '' : offered === '' ? '; the server offers no upgrade' : '; the server offers websocket';
  return [{ id: 'no-upgrade', quote: `${polls.length} polls at ${shownUrl(first.url.href)}, no WebSocket${offers}` }];
}

/** '200, 3 x 400': the statuses, each as often as it came. */
function statuses(exchanges: readonly Exchange[]): string {
  const counts = new Map<string, number>();
  for (const { status, error } of exchanges) {
    const name = status === 0 ? printable(error.replace(/^net::/, '')) || 'no answer' : String(status);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts]
    .slice(0, 6)
    .map(([name, count]) => (count === 1 ? name : `${count} x ${name}`))
    .join(', ');
}

/** What the recording has, for a reader who does not have it: hosts, page, and what socket.io did. */
export function summaryOf({ name, exchanges, ignored }: Recording, page: Exchange | undefined): SeenText {
  const hosts = [...new Set(exchanges.map(({ url }) => url.host))];
  const shown = hosts.slice(0, 5).map(printable).join(', ');
  const versions = [
    ...new Set(exchanges.map(({ version }) => version).filter((each) => /^(?:http\/\d(?:\.\d)?|h[23])$/i.test(each))),
  ];
  const of = (text: string, list: readonly Exchange[]): string[] =>
    list.length === 0 ? [] : [`${text} ${statuses(list)}`];
  const polls = exchanges.filter((each) => isPoll(each) && !isHandshake(each));
  const sessions = new Set(
    exchanges
      .filter(isEngine)
      .map(sidOf)
      .filter((sid) => sid !== null),
  );
  const parts = [
    ...(page ? [`the page ${shownUrl(page.url.href)} ${statuses([page])}`] : []),
    ...of('client script', exchanges.filter(isClientScript)),
    ...of('handshakes', exchanges.filter(isHandshake)),
    ...of(`polls of ${plural(sessions.size, 'session')}`, polls),
    ...of('WebSockets', exchanges.filter(isUpgrade)),
  ];
  const requests = `${plural(exchanges.length, 'request')} to ${plural(hosts.length, 'host')}${hosts.length > 0 ? ` (${shown}${hosts.length > 5 ? ', ...' : ''})` : ''}`;
  return {
    id: 'recording',
    rule: 'SEEN_CAPTURE',
    severity: 'info',
    says: `The recording has ${requests}${versions.length > 0 ? ` over ${versions.slice(0, 4).join(', ')}` : ''}${parts.length > 0 ? `: ${parts.join('; ')}` : ''}`,
    means: 'A summary, to compare with what you expected.',
    quotes: [
      `${name}${ignored > 0 ? `, without ${plural(ignored, 'entry')} that cannot be used`.replace('entrys', 'entries') : ''}`,
    ],
    causes: [],
    apart: '',
  };
}
