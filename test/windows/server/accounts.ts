import { createHash } from 'node:crypto';

/** The language of the server's names and texts. */
export type Language = 'en' | 'de';

interface WellKnown {
  readonly sid: string;
  /** As SDDL abbreviates it. */
  readonly short?: string;
  readonly en: string;
  readonly de: string;
}

const wellKnown: readonly WellKnown[] = [
  { sid: 'S-1-1-0', short: 'WD', en: 'Everyone', de: 'Jeder' },
  {
    sid: 'S-1-5-11',
    short: 'AU',
    en: 'NT AUTHORITY\\Authenticated Users',
    de: 'NT-AUTORITÄT\\Authentifizierte Benutzer',
  },
  { sid: 'S-1-5-17', en: 'NT AUTHORITY\\IUSR', de: 'NT-AUTORITÄT\\IUSR' },
  { sid: 'S-1-5-18', short: 'SY', en: 'NT AUTHORITY\\SYSTEM', de: 'NT-AUTORITÄT\\SYSTEM' },
  { sid: 'S-1-5-19', short: 'LS', en: 'NT AUTHORITY\\LOCAL SERVICE', de: 'NT-AUTORITÄT\\Lokaler Dienst' },
  { sid: 'S-1-5-20', short: 'NS', en: 'NT AUTHORITY\\NETWORK SERVICE', de: 'NT-AUTORITÄT\\Netzwerkdienst' },
  { sid: 'S-1-5-32-544', short: 'BA', en: 'BUILTIN\\Administrators', de: 'VORDEFINIERT\\Administratoren' },
  { sid: 'S-1-5-32-545', short: 'BU', en: 'BUILTIN\\Users', de: 'VORDEFINIERT\\Benutzer' },
  { sid: 'S-1-5-32-568', en: 'BUILTIN\\IIS_IUSRS', de: 'BUILTIN\\IIS_IUSRS' },
];

/** Of a pool's virtual account: the SHA-1 of its name in lower case and UTF-16LE, as five numbers. */
export function poolSid(name: string): string {
  const hash = createHash('sha1').update(Buffer.from(name.toLowerCase(), 'utf16le')).digest();
  return `S-1-5-82-${[0, 4, 8, 12, 16].map((at) => hash.readUInt32LE(at)).join('-')}`;
}

const withoutDomain = (name: string): string => name.slice(name.lastIndexOf('\\') + 1);

/** Names and SIDs of the server's accounts: the well-known ones in its language, those of its pools, and added users. */
export class Accounts {
  readonly language: Language;
  readonly #pools: () => Promise<readonly string[]>;
  readonly #users = new Map<string, string>();
  /** So many times the name of a pool is not found: it was created a moment ago. */
  unknownPoolAnswers = 0;

  constructor(pools: () => Promise<readonly string[]>, language: Language) {
    this.#pools = pools;
    this.language = language;
  }

  /** DOMAIN\user. */
  addUser(name: string): void {
    this.#users.set(name, `S-1-5-21-1004336348-1177238915-682003330-${1000 + this.#users.size}`);
  }

  /** `*S-1-...` is taken as it is; undefined: "No mapping between account names and security IDs was done." */
  async sidOf(name: string): Promise<string | undefined> {
    if (name.startsWith('*')) return name.slice(1).toUpperCase();
    const wanted = name.toLowerCase();
    const [, pool] = /^iis apppool\\(.+)$/.exec(wanted) ?? [];
    if (pool !== undefined) {
      if (this.unknownPoolAnswers > 0) {
        this.unknownPoolAnswers -= 1;
        return undefined;
      }
      return (await this.#pools()).some((one) => one.toLowerCase() === pool) ? poolSid(pool) : undefined;
    }
    const all = [...wellKnown.map((one) => [one[this.language], one.sid] as const), ...this.#users];
    return all.find(([one]) => one.toLowerCase() === wanted || withoutDomain(one).toLowerCase() === wanted)?.[1];
  }

  /** The name as icacls prints it; a SID without an account as it is. */
  async nameOf(sid: string): Promise<string> {
    const known = wellKnown.find((one) => one.sid === sid)?.[this.language];
    if (known !== undefined) return known;
    const pool = (await this.#pools()).find((name) => poolSid(name) === sid);
    if (pool !== undefined) return `IIS APPPOOL\\${pool}`;
    return [...this.#users].find(([, one]) => one === sid)?.[0] ?? sid;
  }
}

/** As SDDL writes it: BA, or the SID. */
export const sddlName = (sid: string): string => wellKnown.find((one) => one.sid === sid)?.short ?? sid;
