/** Rights of files and folders in SDDL, the text that is the same in every language of Windows: pure functions, for any text. */

interface AclEntry {
  readonly kind: 'allow' | 'deny';
  /** What inherits it: OI, CI, NP, IO. */
  readonly flags: readonly string[];
  /** Only for what is below it. */
  readonly inheritOnly: boolean;
  /** It comes from a folder above. */
  readonly isInherited: boolean;
  /** An access mask. */
  readonly rights: number;
  readonly sid: string;
}

/** The entries in the order in which Windows reads them; 'everything': there is no list, and everyone may do everything. */
export type Acl = readonly AclEntry[] | 'everything';

/** Masks of files and folders; of a folder, 1 lists it, 2 adds a file and 4 a folder. */
export const masks = {
  /** stat: SYNCHRONIZE comes with every CreateFile. */
  attributes: 0x10_0080,
  read: 0x10_0081,
  execute: 0x10_00a1,
  'add files': 0x10_0002,
  'add folders': 0x10_0004,
} as const;

/** Words for masks: generic ones as files map them, those of files, and those of directory services, which stand for the same bits. */
const words: Readonly<Record<string, number>> = {
  GA: 0x1f_01ff,
  GR: 0x12_0089,
  GW: 0x12_0116,
  GX: 0x12_00a0,
  FA: 0x1f_01ff,
  FR: 0x12_0089,
  FW: 0x12_0116,
  FX: 0x12_00a0,
  RC: 0x2_0000,
  SD: 0x1_0000,
  WD: 0x4_0000,
  WO: 0x8_0000,
  CC: 0x1,
  DC: 0x2,
  LC: 0x4,
  SW: 0x8,
  RP: 0x10,
  WP: 0x20,
  DT: 0x40,
  LO: 0x80,
  CR: 0x100,
};

/** Accounts that SDDL has two letters for, as far as files have them. */
const accounts: Readonly<Record<string, string>> = {
  AC: 'S-1-15-2-1',
  AN: 'S-1-5-7',
  AU: 'S-1-5-11',
  BA: 'S-1-5-32-544',
  BG: 'S-1-5-32-546',
  BU: 'S-1-5-32-545',
  CG: 'S-1-3-1',
  CO: 'S-1-3-0',
  IS: 'S-1-5-32-568',
  IU: 'S-1-5-4',
  LS: 'S-1-5-19',
  NS: 'S-1-5-20',
  NU: 'S-1-5-2',
  OW: 'S-1-3-4',
  PU: 'S-1-5-32-547',
  SU: 'S-1-5-6',
  SY: 'S-1-5-18',
  WD: 'S-1-1-0',
};

/** An access mask: words, or a number; generic bits of a number are mapped as files map them. */
function maskOf(text: string): number {
  if (/^(?:0x[0-9a-f]{1,8}|\d{1,10})$/i.test(text)) return mapped(Number(text));
  let mask = 0;
  for (const [word] of text.matchAll(/[A-Z]{2}/g)) mask |= words[word] ?? 0;
  return mask;
}

/** The four generic bits are the highest of a mask. */
function mapped(mask: number): number {
  const generic = [words.GA, words.GX, words.GW, words.GR];
  let all = mask & 0x0fff_ffff;
  for (const [bit, rights = 0] of generic.entries()) if ((mask / 2 ** (28 + bit)) & 1) all |= rights;
  return all;
}

/**
 * `O:BAG:SYD:PAI(A;OICI;0x1200a9;;;S-1-5-82-...)(D;;FA;;;BU)`: the entries of D, those with a condition left out. undefined for a text
 * without a list.
 */
export function readSddl(text: string): Acl | undefined {
  const [, list] = /D:((?:[A-Z_]|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))*)/.exec(text.slice(0, 65_536)) ?? [];
  if (list === undefined) return undefined;
  if (/^[A-Z]*NO_ACCESS_CONTROL/.test(list)) return 'everything';
  return [...list.matchAll(/\((A|D);([A-Z]*);([^;()]*);;;([^;()]+)\)/g)].map(
    ([, kind, flags = '', rights = '', who = '']) => ({
      kind: kind === 'A' ? 'allow' : 'deny',
      flags: (flags.match(/../g) ?? []).filter((flag) => /^(?:OI|CI|NP|IO)$/.test(flag)),
      inheritOnly: /^(?:..)*IO/.test(flags),
      isInherited: /^(?:..)*ID/.test(flags),
      rights: maskOf(rights),
      sid: accounts[who] ?? who.toUpperCase(),
    }),
  );
}

/** The SID of the owner; undefined for a text without one. */
export function ownerOf(text: string): string | undefined {
  const [, who] = /^\s*O:(S-1-[\d-]{1,180}|[A-Z]{2})/.exec(text.slice(0, 1_024)) ?? [];
  return who === undefined ? undefined : (accounts[who] ?? who);
}

/** What a list says of an account with its groups: Windows reads it in order, and the first entry about a bit decides. */
export function accessOf(acl: Acl, sids: ReadonlySet<string>, mask: number): 'granted' | 'denied' | 'not granted' {
  if (acl === 'everything') return 'granted';
  let missing = mask;
  for (const { kind, inheritOnly, rights, sid } of acl) {
    if (inheritOnly || !sids.has(sid) || (rights & missing) === 0) continue;
    if (kind === 'deny') return 'denied';
    missing &= ~rights;
    if (missing === 0) return 'granted';
  }
  return 'not granted';
}
