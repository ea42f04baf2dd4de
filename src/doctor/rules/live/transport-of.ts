import type { LiveFacts, RuleFinding } from '../../types.js';

export type Transport = LiveFacts['transports'][number];
type Tls = NonNullable<Transport['tls']>;

/** What the doctor did for these rules, for --explain. */
export const beforeRequests = (what: string): string =>
  `Before the first request the doctor finds the address of the host, connects to each of its addresses and, for https, begins TLS. ${what}`;

/** What is found of each transport. */
export const ofTransports =
  (find: (transport: Transport) => readonly RuleFinding[]) =>
  ({ transports }: LiveFacts): readonly RuleFinding[] =>
    transports.flatMap(find);

/** A host, with a port where it is not the usual one: `example.com`, `localhost:8443`. */
export const placeOf = ({ origin }: Transport): string => new URL(origin).host;

export const isOfThisMachine = ({ addresses }: Transport): boolean =>
  addresses.length > 0 && addresses.every(({ privateKind }) => privateKind === 'this machine');

/** `subject CN=a, issuer CN=b, valid from 2026-01-01 to 2026-04-01` */
export function shown({ certificate }: Tls): string {
  if (certificate === undefined) return 'no certificate was shown';
  const { subject, issuer, validFrom, validTo } = certificate;
  return `subject ${subject || '(none)'}, issuer ${issuer || '(none)'}, valid from ${validFrom.slice(0, 10)} to ${validTo.slice(0, 10)}`;
}
