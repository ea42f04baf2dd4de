import type { RegexNode } from './syntax.js';

type SetNode = Extract<RegexNode, { type: 'set' }>;

/** A set of characters for comparing: bits 0-127 for ASCII, bit 128 for everything above. */
export type CharBits = bigint;

export const noChars: CharBits = 0n;
export const allChars: CharBits = (1n << 129n) - 1n;

/** Whether a UTF-16 unit belongs to the set. */
export type CharTest = (code: number) => boolean;

/** One set, tested for every ASCII character. */
interface Tried {
  readonly ascii: Uint8Array;
  /** Used only for characters above ASCII. */
  readonly single: () => RegExp;
  readonly bits: CharBits;
}

const tried = new Map<string, Tried>();
/** Configurations use few different characters and classes; above this number the cache is cleared. */
const maxTried = 2000;

function probeSet(node: SetNode, ignoreCase: boolean): Tried {
  const key = `${ignoreCase ? 'i' : ' '}${node.source}`;
  const known = tried.get(key);
  if (known !== undefined) return known;
  let made: RegExp | undefined;
  const single = (): RegExp => {
    made ??= new RegExp(`^${node.source}$`, ignoreCase ? 'i' : '');
    return made;
  };
  const codes =
    literalCodes(node.source, ignoreCase) ?? allAscii.filter((code) => single().test(asciiChars[code] ?? ''));
  const ascii = new Uint8Array(128);
  let bits = node.nonAscii ? 1n << 128n : 0n;
  for (const code of codes) {
    ascii[code] = 1;
    bits |= 1n << BigInt(code);
  }
  if (tried.size >= maxTried) tried.clear();
  const result = { ascii, single, bits };
  tried.set(key, result);
  return result;
}

const allAscii = Array.from({ length: 128 }, (_, code) => code);
const asciiChars = allAscii.map((code) => String.fromCharCode(code));

/** The ASCII codes that match a literal character, found without RegExp; undefined for everything else. */
function literalCodes(source: string, ignoreCase: boolean): readonly number[] | undefined {
  const char = /^\\[!-/:-@[-`{-~]$/.test(source) ? source.charAt(1) : source;
  if (char.length !== 1 || char > '\x7f' || source === '.') return undefined;
  const both = ignoreCase ? [char.toLowerCase(), char.toUpperCase()] : [char];
  return both.map((each) => each.charCodeAt(0));
}

/** A one-character matcher that is consistent with the RegExp engine, including case folding. */
export function charTest(node: SetNode, ignoreCase: boolean): CharTest {
  const { ascii, single } = probeSet(node, ignoreCase);
  if (!node.nonAscii) return (code) => code < 128 && ascii[code] === 1;
  return (code) => (code < 128 ? ascii[code] === 1 : single().test(String.fromCharCode(code)));
}

/** The set as bits; all characters above ASCII count as one, so that sets which may overlap there do overlap. */
export function charBits(node: SetNode, ignoreCase: boolean): CharBits {
  return probeSet(node, ignoreCase).bits;
}
