import path from 'node:path';

export interface Entry {
  readonly kind: 'allow' | 'deny';
  readonly sid: string;
  /** OI, CI, IO, NP. */
  readonly flags: readonly string[];
  /** Simple ones as icacls writes them: F, M, RX, R, W, D; or specific ones. */
  readonly rights: readonly string[];
  /** It comes from a folder above. */
  readonly inherited?: boolean;
}

const all = ['OI', 'CI'];

/** What Windows gives to the root of a drive. */
const ofDrive: readonly Entry[] = [
  { kind: 'allow', sid: 'S-1-5-32-544', flags: all, rights: ['F'] },
  { kind: 'allow', sid: 'S-1-5-18', flags: all, rights: ['F'] },
  { kind: 'allow', sid: 'S-1-5-32-545', flags: all, rights: ['RX'] },
];

const keyOf = (file: string): string =>
  path.win32
    .normalize(file)
    .replace(/(?<!^[a-z]:)\\$/i, '')
    .toLowerCase();

/** Simple rights, the largest first, and the bits that the specific ones are. */
const simple: Readonly<Record<string, number>> = { F: 0x1f01ff, M: 0x1301bf, RX: 0x1200a9, R: 0x120089, W: 0x100116 };
const bits: Readonly<Record<string, number>> = {
  D: 0x1_0000,
  RC: 0x2_0000,
  WDAC: 0x4_0000,
  WO: 0x8_0000,
  S: 0x10_0000,
  RD: 0x1,
  WD: 0x2,
  AD: 0x4,
  REA: 0x8,
  WEA: 0x10,
  X: 0x20,
  DC: 0x40,
  RA: 0x80,
  WA: 0x100,
  DE: 0x1_0000,
};

export const maskOf = (rights: readonly string[]): number =>
  rights.reduce((mask, one) => mask | (simple[one] ?? bits[one] ?? 0), 0);

/** As Windows keeps them, in one mask: R and RX together are RX. */
const merged = (rights: readonly string[]): readonly string[] => wordsOf(maskOf(rights));

export function wordsOf(mask: number): readonly string[] {
  let left = mask;
  const [word] = Object.entries(simple).find(([, mask]) => mask === left) ?? [];
  if (word !== undefined) return [word];
  return Object.entries(bits).flatMap(([name, bit]) => {
    if ((left & bit) === 0) return [];
    left &= ~bit;
    return [name];
  });
}

/** The access lists of the server's folders: explicit entries are kept here, inherited ones follow from them. */
export class AccessLists {
  readonly #own = new Map<string, Entry[]>();

  /** The folder's own entries. */
  own(file: string): readonly Entry[] {
    return this.#own.get(keyOf(file)) ?? (isDrive(file) ? ofDrive : []);
  }

  /** In the order of Windows: denied before allowed, own before inherited. */
  entries(file: string): readonly Entry[] {
    const own = this.own(file);
    const sorted = [...own.filter(({ kind }) => kind === 'deny'), ...own.filter(({ kind }) => kind === 'allow')];
    if (isDrive(file)) return sorted;
    const above = this.entries(path.win32.dirname(path.win32.normalize(file)));
    const passedOn = above.filter(({ flags }) => flags.includes('CI')).map((entry) => ({ ...entry, inherited: true }));
    return [...sorted, ...passedOn];
  }

  add(file: string, entry: Entry): void {
    const own = this.own(file);
    const alike = (one: Entry) =>
      one.kind === entry.kind && one.sid === entry.sid && one.flags.join() === entry.flags.join();
    const former = own.find(alike);
    const rights = merged([...(former?.rights ?? []), ...entry.rights]);
    this.#own.set(keyOf(file), [...own.filter((one) => !alike(one)), { ...entry, rights }]);
  }

  /** @param kind undefined: both. */
  remove(file: string, sid: string, kind?: Entry['kind']): void {
    const left = this.own(file).filter((one) => one.sid !== sid || (kind !== undefined && one.kind !== kind));
    this.#own.set(keyOf(file), left);
  }

  /** Gives a folder these entries alone. */
  replace(file: string, own: readonly Entry[]): void {
    this.#own.set(keyOf(file), [...own]);
  }

  /** Everything that was granted or denied, to compare. */
  snapshot(): Record<string, readonly Entry[]> {
    return Object.fromEntries([...this.#own].filter(([, entries]) => entries.length > 0));
  }
}

const isDrive = (file: string): boolean =>
  path.win32.parse(path.win32.normalize(file)).root === path.win32.normalize(file);
