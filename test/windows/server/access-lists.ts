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
    const rights = [...new Set([...(former?.rights ?? []), ...entry.rights])];
    this.#own.set(keyOf(file), [...own.filter((one) => !alike(one)), { ...entry, rights }]);
  }

  /** @param kind undefined: both. */
  remove(file: string, sid: string, kind?: Entry['kind']): void {
    const left = this.own(file).filter((one) => one.sid !== sid || (kind !== undefined && one.kind !== kind));
    this.#own.set(keyOf(file), left);
  }

  /** Everything that was granted or denied, to compare. */
  snapshot(): Record<string, readonly Entry[]> {
    return Object.fromEntries([...this.#own].filter(([, entries]) => entries.length > 0));
  }
}

const isDrive = (file: string): boolean =>
  path.win32.parse(path.win32.normalize(file)).root === path.win32.normalize(file);
