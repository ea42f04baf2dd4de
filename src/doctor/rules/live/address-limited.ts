import type { LiveRule, RuleFinding } from '../../types.js';
import { beforeRequests, ofTransports, placeOf, type Transport } from './transport-of.js';

/** Addresses are no news where the user wrote one, and of this machine. */
function findingsOf(transport: Transport): readonly RuleFinding[] {
  const { host, addresses, fault, port } = transport;
  if (fault !== undefined || addresses.some(({ address }) => address === host)) return [];
  const others = addresses.filter(({ privateKind }) => privateKind !== 'this machine');
  if (others.length === 0) return [];
  const place = placeOf(transport);
  const found: RuleFinding[] = [];
  // Without a network for IPv6 on this machine other codes come.
  const dead = others.find((each) => each.fault === 'ECONNREFUSED');
  if (dead !== undefined) {
    found.push({
      severity: 'warning',
      message: `${place}: the address ${dead.address} refuses connections to port ${port}, others of this name take them.`,
      why: 'Visitors who try that address first wait, or see nothing.',
      fix: `remove the record with ${dead.address} from DNS, or give the site a binding for it`,
    });
  }
  const local = others.find(({ privateKind }) => privateKind !== undefined);
  if (local !== undefined) {
    found.push({
      message: `${place} leads to ${local.address}, an address of ${local.privateKind}.`,
      why: 'Only machines of that network reach it.',
      fix: 'if visitors from elsewhere are to reach it, the record in DNS must have a public address',
    });
  }
  if (others.every(({ family }) => family === 6)) {
    found.push({
      message: `${place} has only addresses of IPv6: ${others.map(({ address }) => address).join(', ')}.`,
      why: 'Visitors whose network has IPv4 alone cannot reach it.',
      fix: 'add an A record',
    });
  }
  return found;
}

/** Where DNS leads. */
export const addressLimited: LiveRule = {
  code: 'LIVE_ADDRESS_LIMITED',
  scope: 'live',
  severity: 'info',
  title: 'Not every visitor reaches the address of the host',
  why: 'Some visitors see nothing of the site.',
  help: beforeRequests(
    'A name can lead to an address of a private network (10.x, 172.16.x, 192.168.x, fd..), have addresses of IPv6 alone, or several of which one refuses connections.',
  ),
  check: ofTransports(findingsOf),
};
