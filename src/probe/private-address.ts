import { BlockList, isIP } from 'node:net';

/** Networks that are not the internet (IANA special-purpose address registries, RFC 6890). */
const networks: readonly (readonly [kind: string, network: string, prefix: number])[] = [
  ['this machine', '127.0.0.0', 8],
  ['this machine', '::1', 128],
  ['a private network', '10.0.0.0', 8],
  ['a private network', '172.16.0.0', 12],
  ['a private network', '192.168.0.0', 16],
  ['a private network', 'fc00::', 7],
  ["a provider's own network", '100.64.0.0', 10],
  ['one cable (link-local)', '169.254.0.0', 16],
  ['one cable (link-local)', 'fe80::', 10],
  ['no machine', '0.0.0.0', 8],
  ['no machine', '::', 128],
];

type Networks = readonly { readonly kind: string; readonly list: BlockList }[];

let known: Networks | undefined;

/** Made when an address is asked about: most runs of the doctor ask about none, and node's pattern of an IPv6 address takes some ms. */
function lists(): Networks {
  known ??= networks.map(([kind, network, prefix]) => {
    const list = new BlockList();
    list.addSubnet(network, prefix, isIP(network) === 6 ? 'ipv6' : 'ipv4');
    return { kind, list };
  });
  return known;
}

/** Where an address leads that is not one of the internet: `a private network`, `this machine`; undefined for every other one. */
export const privateKindOf = (address: string): string | undefined =>
  lists().find(({ list }) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4'))?.kind;
