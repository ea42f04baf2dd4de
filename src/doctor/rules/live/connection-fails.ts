import { iisnodeSock } from '../../../typed-command.js';
import type { LiveRule } from '../../types.js';
import { beforeRequests, isOfThisMachine, ofTransports, placeOf, type Transport } from './transport-of.js';

function saysOf({ port }: Transport, code: string): string {
  if (code === 'ECONNREFUSED') return `nothing listens at port ${port}`;
  if (code === 'TIMEOUT' || code === 'ETIMEDOUT') return `no answer from port ${port}`;
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return 'there is no route to the machine';
  return `the connection fails (${code})`;
}

function fixOf(transport: Transport, code: string): string {
  const { port } = transport;
  if (code === 'ECONNREFUSED') {
    return isOfThisMachine(transport)
      ? `${iisnodeSock} status shows whether the site is started`
      : `on the server: is the site started, and has it a binding for port ${port}? (appcmd list sites)`;
  }
  return `a firewall in between drops it: allow port ${port} there (Windows Firewall: World Wide Web Services), or the address is of another machine`;
}

/** TCP. */
export const connectionFails: LiveRule = {
  code: 'LIVE_CONNECTION_FAILS',
  scope: 'live',
  severity: 'error',
  title: 'No connection to the host is possible',
  why: 'No browser reaches the site.',
  help: beforeRequests(
    'A refused connection comes from the machine: nothing listens at the port, because the site is stopped or has no binding for it. Where nothing comes back, a firewall drops the packets, or the address is of another machine.',
  ),
  check: ofTransports((transport) => {
    const { fault, addresses } = transport;
    if (fault?.stage !== 'connection') return [];
    const tried = addresses.map(({ address, fault: code = fault.code }) => `${address} (${code})`).join(', ');
    return [
      {
        message: `${placeOf(transport)}: ${saysOf(transport, fault.code)}; tried ${tried}. No request was sent.`,
        fix: fixOf(transport, fault.code),
      },
    ];
  }),
};
