import { type SshAddress, serverAddress } from '../../ssh/index.js';
import { iisnodeSock, typedCommand } from '../../typed-command.js';

/** The hint of a server in place of its own: that one is for a machine with IIS, an app's folder, and options instead of an address. */
const others: Readonly<Record<string, (next: string, address: SshAddress) => string>> = {
  NOT_DEPLOYED: seeStatus,
  // Its own names a folder of the server.
  LOG_NOT_KEPT: (_next, { shown }) =>
    `${typedCommand(['doctor', '--server', shown])}     (examines the app there; correct web.config here, and deploy)`,
  NO_RELEASES: (_next, { shown }) => `deploy the app from here, with --to ${shown}: that makes a release`,
  SITE_NOT_FOUND: (next, address) => {
    if (!next.startsWith('name one of them')) return seeStatus(next, address);
    if (address.site === undefined) return next;
    return next
      .replace('with --site', 'in the address, a blank as %20')
      .replace(': --new-site', ' (then without its name in the address): --new-site');
  },
  SITE_ROOT_IN_USE: (next) => next.replace(/: npx .*? (?=--new-site)/, ', with '),
  IIS_NOT_FOUND: withoutEmbedded,
  NOT_ELEVATED: withoutEmbedded,
  UNDO_INCOMPLETE: (next, { host }) => next.replace(/^undo by hand: /, `undo by hand, on ${host}: `),
};

function seeStatus(_next: string, address: SshAddress): string {
  return `see what is deployed there: ${typedCommand(['status', '--to', serverAddress(address)])}`;
}

function withoutEmbedded(next: string): string {
  return next.replace(/, or (?:use|deploy with) --to embedded/, '');
}

/** A hint of a server, for the machine that asked it: its commands run here, and look at the server. */
export function hintHere(code: string, next: string, address: SshAddress): string {
  const to = typedCommand(['status', '--to', serverAddress(address)]);
  return (others[code]?.(next, address) ?? next)
    .replace(new RegExp(`${iisnodeSock} status(?! --)`, 'g'), () => to)
    .replaceAll('the log in ', `on ${address.host}, the log in `);
}
