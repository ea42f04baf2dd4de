import type { LiveRule } from '../../types.js';
import { beforeRequests, ofTransports } from './transport-of.js';

const known: Readonly<Record<string, readonly [says: string, fix: string]>> = {
  ENOTFOUND: [
    'the name is not known',
    'add an A record (or a CNAME) for it at the provider of the domain; on a test machine a line in the file hosts',
  ],
  EAI_AGAIN: ['the name server does not answer', 'check the network of this machine: nslookup'],
  TIMEOUT: ['the name server does not answer in time', 'check the network of this machine: nslookup'],
};

/** DNS. */
export const nameNotFound: LiveRule = {
  code: 'LIVE_NAME_NOT_FOUND',
  scope: 'live',
  severity: 'error',
  title: 'The name of the host leads to no address',
  why: 'No browser finds the site; the configuration of IIS plays no part yet.',
  help: beforeRequests(
    'The name has no address: it is misspelled, has no record in DNS, or the record is not known everywhere yet. A binding of IIS with a host name makes no record.',
  ),
  check: ofTransports(({ host, fault }) => {
    if (fault?.stage !== 'name') return [];
    const [says, fix] = known[fault.code] ?? [`the name cannot be looked up (${fault.code})`, 'nslookup shows more'];
    return [{ message: `${host}: ${says}. No request was sent.`, fix: fix.replace(/nslookup$/, `nslookup ${host}`) }];
  }),
};
