import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';

/** A certificate with its private key, as PEM. */
export interface Made {
  readonly cert: string;
  readonly key: string;
  readonly name: string;
  readonly privateKey: KeyObject;
}

interface Wanted {
  readonly name: string;
  /** DNS names and IPv4 addresses; by default `name`. */
  readonly covers?: readonly string[];
  readonly from?: Date;
  readonly to?: Date;
  /** Who signs it; by default itself. */
  readonly issuer?: Made;
  readonly isAuthority?: boolean;
}

const day = 86_400_000;
/** The day in so many days from now. */
export const inDays = (days: number): Date => new Date(Date.now() + days * day);

/** A certificate (X.509 version 3, RFC 5280) for an elliptic key, made without another program. */
export function makeCertificate(wanted: Wanted): Made {
  const { name, covers = [name], from = inDays(-10), to = inDays(100), issuer, isAuthority = false } = wanted;
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const signature = sequence(objectId([1, 2, 840, 10045, 4, 3, 2])); // ecdsa-with-SHA256
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(8)]);
  const names = covers.map((each) =>
    isIP(each) === 4 ? der(0x87, Buffer.from(each.split('.').map(Number))) : der(0x82, Buffer.from(each)),
  );
  const extensions = sequence(
    extension([2, 5, 29, 17], sequence(...names)),
    extension([2, 5, 29, 19], isAuthority ? sequence(der(0x01, Buffer.from([0xff]))) : sequence()),
    extension([2, 5, 29, 14], der(0x04, createHash('sha1').update(spki).digest())),
  );
  const content = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    signature,
    commonName(issuer?.name ?? name),
    sequence(time(from), time(to)),
    commonName(name),
    spki,
    der(0xa3, extensions),
  );
  const signed = sign('sha256', content, issuer?.privateKey ?? privateKey);
  const whole = sequence(content, signature, der(0x03, Buffer.concat([Buffer.from([0]), signed])));
  return {
    name,
    privateKey,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${whole.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
  };
}

/** Tag, length and content. */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, Buffer.concat(parts));

function objectId([first = 0, second = 0, ...others]: readonly number[]): Buffer {
  const bytes = others.flatMap((part) => {
    const groups = [part & 0x7f];
    for (let rest = part >> 7; rest > 0; rest >>= 7) groups.unshift((rest & 0x7f) | 0x80);
    return groups;
  });
  return der(0x06, Buffer.from([first * 40 + second, ...bytes]));
}

const extension = (id: readonly number[], content: Buffer): Buffer => sequence(objectId(id), der(0x04, content));
const commonName = (name: string): Buffer =>
  sequence(der(0x31, sequence(objectId([2, 5, 4, 3]), der(0x0c, Buffer.from(name)))));
/** GeneralizedTime. */
const time = (date: Date): Buffer => der(0x18, Buffer.from(`${date.toISOString().replace(/\D/g, '').slice(0, 14)}Z`));
