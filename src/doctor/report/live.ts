import { plural, size } from '../../amounts.js';
import { printable } from '../../printable.js';
import type { DoctorReport } from '../types.js';

type Live = NonNullable<DoctorReport['live']>;

/** What answers, how many requests were sent, and to whom. */
export function liveLines({ live }: DoctorReport): string[] {
  if (live === undefined) return [];
  const { requests, otherHosts, connections, servedBy } = live;
  const bytes = requests.reduce((sum, each) => sum + each.bytes, 0);
  const [secure] = connections.filter(({ protocol }) => protocol !== undefined);
  const tls = secure === undefined ? '' : `, ${secure.protocol}${secure.offersHttp2 ? ', HTTP/2 offered' : ''}`;
  const address = connections.find((each) => each.address !== undefined)?.address;
  const where = address === undefined ? '' : ` (address ${address}${tls})`;
  const others = otherHosts.length === 0 ? 'no other host was asked' : `also asked: ${otherHosts.join(', ')}`;
  return [
    ...(servedBy.length === 0 ? [] : [printable(`served by: ${servedBy.join(', ')}`)]),
    printable(`asked: ${plural(requests.length, 'request')}${where}, ${size(bytes)} read; ${others}`),
  ];
}

/** Every request with its times: when it began, until the head of the answer came, until all of it had. */
export function waterfall({ connections, requests }: Live): string {
  const ms = (time: number | undefined): string => (time === undefined ? '-' : time.toFixed(0)).padStart(6);
  const made = connections.map(({ origin, address = 'no connection', times }) => {
    const parts = [`name ${times.name.toFixed(0)} ms`];
    if (times.connection !== undefined) parts.push(`connection ${times.connection.toFixed(0)} ms`);
    if (times.tls !== undefined) parts.push(`TLS ${times.tls.toFixed(0)} ms`);
    return `${origin} (${address}): ${parts.join(', ')}`;
  });
  const sent = requests.map(({ method, url, status, startedAt, headMs, ms: whole, bytes, error }) => {
    const answer = error === undefined ? size(bytes) : error;
    return `${ms(startedAt)}${ms(headMs)}${ms(whole)}  ${(status ?? '-').toString().padEnd(4)}${method.padEnd(8)}${url}  ${answer}`;
  });
  const head = sent.length === 0 ? [] : [' start  head   all  ms'];
  return `${[...made, ...head, ...sent].map(printable).join('\n')}\n`;
}
