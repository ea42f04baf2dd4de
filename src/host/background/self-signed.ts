import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';

/** A certificate with its private key, both as PEM. */
export interface CertificateText {
  readonly certificate: string;
  readonly key: string;
}

/** Tags of DER (X.690) that a certificate has. */
const tags = { integer: 2, bits: 3, octets: 4, object: 6, utf8: 12, time: 23, sequence: 48, set: 49 } as const;
/** subjectAltName: dNSName [2] and iPAddress [7] (RFC 5280, 4.2.1.6). */
const dnsName = 0x82;
const ipAddress = 0x87;

/**
 * A certificate for a web server, signed with its own key (ECDSA P-256), valid from yesterday on: clocks differ.
 * @param names host names in ASCII, or IP addresses; the first is its subject.
 * @param days how long it is valid.
 */
export function makeSelfSigned(names: readonly string[], days: number, now = Date.now()): CertificateText {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const serial = randomBytes(16);
  serial.writeUInt8((serial.readUInt8(0) & 0x7f) | 0x40, 0); // positive, and without leading zeros
  const ecdsaWithSha256 = sequence(objectId('1.2.840.10045.4.3.2'));
  const commonName = sequence(objectId('2.5.4.3'), tlv(tags.utf8, Buffer.from(names[0]?.slice(0, 64) ?? '')));
  const name = sequence(tlv(tags.set, commonName));
  const day = 86_400_000;
  const extensions = [
    extension('2.5.29.19', sequence()), // basicConstraints: it cannot sign others, also where a user trusts it
    extension('2.5.29.37', sequence(objectId('1.3.6.1.5.5.7.3.1'))), // extKeyUsage: a server
    extension('2.5.29.17', sequence(...names.map(alternativeName))),
  ];
  const body = sequence(
    tlv(0xa0, tlv(tags.integer, Buffer.from([2]))), // version 3
    tlv(tags.integer, serial),
    ecdsaWithSha256,
    name,
    sequence(time(now - day), time(now + days * day)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(...extensions)),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)]);
  const base64 = sequence(body, ecdsaWithSha256, tlv(tags.bits, signature)).toString('base64');
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`,
    key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  };
}

/** Tag, length, value. */
function tlv(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const value = Buffer.concat(parts);
  const { length } = value;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), value]);
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => tlv(tags.sequence, ...parts);

const extension = (id: string, value: Buffer): Buffer => sequence(objectId(id), tlv(tags.octets, value));

/** `2.5.4.3`: the first two numbers are one byte, the others have seven bits a byte. */
function objectId(text: string): Buffer {
  const [first = 0, second = 0, ...others] = text.split('.').map(Number);
  const bytes = others.flatMap((number) => {
    const groups = [number & 0x7f];
    for (let rest = number >> 7; rest > 0; rest >>= 7) groups.unshift(0x80 | (rest & 0x7f));
    return groups;
  });
  return tlv(tags.object, Buffer.from([first * 40 + second, ...bytes]));
}

/** UTCTime, which is right until 2049. */
const time = (at: number): Buffer =>
  tlv(
    tags.time,
    Buffer.from(
      new Date(at)
        .toISOString()
        .replace(/[-:T]|\.\d+/g, '')
        .slice(2),
    ),
  );

function alternativeName(name: string): Buffer {
  const family = isIP(name);
  if (family === 0) return tlv(dnsName, Buffer.from(name));
  return tlv(ipAddress, family === 4 ? Buffer.from(name.split('.').map(Number)) : bytesOfIpv6(name));
}

function bytesOfIpv6(address: string): Buffer {
  const [head = [], tail] = new URL(`http://[${address}]/`).hostname
    .slice(1, -1)
    .split('::')
    .map((part) => part.split(':').filter(Boolean));
  const zeros = new Array<string>(8 - head.length - (tail?.length ?? 0)).fill('0');
  const groups = tail === undefined ? head : [...head, ...zeros, ...tail];
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex');
}
