import { createServer } from 'node:net';
import { UserError } from '../../errors.js';
import type { HostAddress } from '../../host/index.js';
import { bindingText } from '../new-site.js';
import type { SiteBinding } from '../plan.js';

/** Another site of the server. */
export interface OtherSite {
  readonly name: string;
  readonly bindings: readonly SiteBinding[];
}

/** The embedded IIS opens a binding for all addresses on 127.0.0.1 alone. */
export const isForThisMachine = ({ address }: Pick<SiteBinding, 'address'>): boolean =>
  ['*', '', '127.0.0.1'].includes(address);

const addressOf = (binding: SiteBinding): string =>
  isForThisMachine(binding) ? '127.0.0.1' : binding.address.replace(/^\[|\]$/g, '');

const isSamePort = (one: SiteBinding, other: SiteBinding): boolean =>
  one.port === other.port && addressOf(one) === addressOf(other);

/**
 * Checks that the embedded IIS can listen on each binding: no other site has it, one port has one protocol, and no other program
 * uses the port.
 * @param held where the running host listens already.
 * @throws UserError BINDING_TAKEN, BINDINGS_CONFLICT, PORT_TAKEN, PORT_DENIED, ADDRESS_UNKNOWN.
 */
export async function checkBindings({
  bindings,
  others,
  held,
}: {
  readonly bindings: readonly SiteBinding[];
  readonly others: readonly OtherSite[];
  readonly held: readonly HostAddress[];
}): Promise<void> {
  for (const [index, binding] of bindings.entries()) {
    for (const earlier of bindings.slice(0, index)) {
      if (isSamePort(earlier, binding) && earlier.protocol !== binding.protocol) throw twoProtocols(binding, earlier);
    }
    for (const { name, bindings: theirs } of others) {
      for (const other of theirs.filter((each) => isSamePort(each, binding))) {
        if (other.protocol !== binding.protocol) throw twoProtocols(binding, other, name);
        if (other.host.toLowerCase() === binding.host) throw bindingTaken(binding, name);
      }
    }
  }
  for (const binding of bindings) {
    const isHeld = held.some(({ host, port }) => port === binding.port && host === addressOf(binding));
    const obstacle = isHeld ? undefined : await obstacleAt(addressOf(binding), binding.port);
    if (obstacle !== undefined) throw cannotListen(binding, obstacle);
  }
}

/** The system's code for why nothing can listen there. */
function obstacleAt(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

const twoProtocols = (binding: SiteBinding, other: SiteBinding, site?: string): UserError =>
  new UserError('BINDINGS_CONFLICT', {
    what: `port ${binding.port} cannot be both http and https`,
    why: `${bindingText(other)}${site === undefined ? '' : ` of the site "${site}"`} has the port of ${bindingText(binding)}, and a port has one protocol.`,
    next: 'give one of them another port with --binding',
    exit: site === undefined ? 'usage' : 'refused',
  });

const bindingTaken = (binding: SiteBinding, site: string): UserError =>
  new UserError('BINDING_TAKEN', {
    what: `the site "${site}" has the binding ${bindingText(binding)}`,
    why: 'IIS cannot start two sites with the same binding.',
    next: 'give the new site another port or host name with --binding',
    exit: 'refused',
  });

function cannotListen({ port, ...binding }: SiteBinding, code: string): UserError {
  const address = addressOf({ port, ...binding });
  if (code === 'EACCES') {
    return new UserError('PORT_DENIED', {
      what: `port ${port} may not be opened`,
      why: 'The system lets only an administrator listen on ports below 1024.',
      next: `give a port of 1024 or above: --binding ${binding.protocol}://${binding.host || binding.address}:${port + 8000}`,
      exit: 'refused',
    });
  }
  if (code === 'EADDRINUSE') {
    return new UserError('PORT_TAKEN', {
      what: `port ${port} on ${address} is taken`,
      why: 'another program listens on it',
      next: 'end that program, or give another port with --binding',
      exit: 'refused',
    });
  }
  return new UserError('ADDRESS_UNKNOWN', {
    what: `cannot listen on ${address}`,
    why: `The system refuses the address: ${code}.`,
    next: 'give an address of this machine, or a host name, with --binding',
    exit: 'refused',
  });
}
