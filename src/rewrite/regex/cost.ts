import { allChars, type CharBits, charBits, noChars } from './char-set.js';
import type { RegexNode } from './syntax.js';

/**
 * The maximum number of ways to match a part: `factor * n ** degree` for an input of n characters;
 * degree Infinity means exponential.
 */
interface Ways {
  readonly factor: number;
  readonly degree: number;
}

/** The possible first characters of a part, and whether the part can be empty. */
interface First {
  readonly bits: CharBits;
  readonly nullable: boolean;
}

const one: Ways = { factor: 1, degree: 0 };
const exponential: Ways = { factor: 1, degree: Number.POSITIVE_INFINITY };
/** More ways than this count as exponential. */
const maxFactor = 1e6;

/**
 * The longest input for which a backtracking engine certainly needs fewer than `steps` steps with this pattern
 * (Infinity: any length). A safe estimate: it only checks whether a repetition can end in more than one
 * place, by comparing the characters inside it with those that may follow.
 */
export function safeLength(root: RegexNode, ignoreCase: boolean, steps: number): number {
  const bits = new Map<RegexNode, CharBits>();
  const first = new Map<RegexNode, First>();
  const analysis = new Analysis(ignoreCase, bits, first);
  const { factor, degree } = analysis.ways(root, { bits: noChars, nullable: true });
  if (degree === Number.POSITIVE_INFINITY) return 0;
  const scan = repeatsForEver(root) ? 1 : 0;
  const search = startsAtStart(root) ? 0 : 1;
  const power = degree + scan + search;
  return power === 0 ? Number.POSITIVE_INFINITY : Math.floor((steps / factor) ** (1 / power));
}

/**
 * For a pattern that can only match at the start and not the empty string: the possible first ASCII characters, as 128
 * bits (see `mayStart`). undefined if unknown. With this most of a site's patterns need not be tried.
 */
export function firstCharacters(root: RegexNode, ignoreCase: boolean): Uint32Array | undefined {
  if (!startsAtStart(root)) return undefined;
  const { bits, nullable } = new Analysis(ignoreCase, new Map(), new Map()).first(root);
  if (nullable) return undefined;
  return Uint32Array.from([0n, 32n, 64n, 96n], (shift) => Number((bits >> shift) & 0xffffffffn));
}

/** Can an input that begins with this character match? Always true above ASCII. */
export function mayStart(first: Uint32Array, code: number): boolean {
  return code >= 128 || (((first[code >> 5] ?? 0) >>> (code & 31)) & 1) === 1;
}

class Analysis {
  constructor(
    private readonly ignoreCase: boolean,
    private readonly bitsOf: Map<RegexNode, CharBits>,
    private readonly firstOf: Map<RegexNode, First>,
  ) {}

  /** `follow`: the characters that can follow this part. */
  ways(node: RegexNode, follow: First): Ways {
    switch (node.type) {
      case 'group':
        return this.ways(node.body, follow);
      case 'look':
        return this.ways(node.body, { bits: noChars, nullable: true });
      case 'backReference':
        return { factor: 1, degree: 1 };
      case 'sequence':
        return this.waysOfSequence(node.items, follow);
      case 'either':
        return this.waysOfBranches(node.branches, follow);
      case 'repeat':
        return this.waysOfRepeat(node, follow);
      default:
        return one;
    }
  }

  private waysOfSequence(items: readonly RegexNode[], follow: First): Ways {
    let ways = one;
    let behind = follow;
    for (const item of items.toReversed()) {
      ways = times(ways, this.ways(item, behind));
      behind = firstOfSequence(this.first(item), behind);
    }
    return ways;
  }

  private waysOfBranches(branches: readonly RegexNode[], follow: First): Ways {
    let seen = noChars;
    let disjoint = true;
    let total: Ways | undefined;
    for (const branch of branches) {
      const first = firstOfSequence(this.first(branch), follow).bits;
      disjoint &&= (seen & first) === noChars;
      seen |= first;
      const ways = this.ways(branch, follow);
      total = total === undefined ? ways : plus(total, ways, disjoint);
    }
    return total ?? one;
  }

  private waysOfRepeat(node: Extract<RegexNode, { type: 'repeat' }>, follow: First): Ways {
    const inside = this.first(node.body);
    const again: First = { bits: inside.bits | follow.bits, nullable: follow.nullable };
    const body = this.ways(node.body, node.max > 1 ? again : follow);
    const settled = (inside.bits & follow.bits) === noChars && !inside.nullable;
    if (node.max === Number.POSITIVE_INFINITY) {
      if (body.degree > 0 || body.factor > 1) return exponential;
      return settled ? one : { factor: 1, degree: 1 };
    }
    const choices = settled || node.min === node.max ? 1 : node.max - node.min + 1;
    return times(power(body, node.max), { factor: choices, degree: 0 });
  }

  first(node: RegexNode): First {
    const known = this.firstOf.get(node);
    if (known !== undefined) return known;
    const first = this.computeFirst(node);
    this.firstOf.set(node, first);
    return first;
  }

  private computeFirst(node: RegexNode): First {
    switch (node.type) {
      case 'set':
        return { bits: this.bits(node), nullable: false };
      case 'group':
        return this.first(node.body);
      case 'look':
      case 'backReference':
        return { bits: allChars, nullable: true };
      case 'repeat': {
        const body = this.first(node.body);
        return { bits: body.bits, nullable: body.nullable || node.min === 0 };
      }
      case 'sequence':
        return this.firstOfSequence(node.items);
      case 'either': {
        const all = node.branches.map((branch) => this.first(branch));
        return {
          bits: all.reduce((bits, branch) => bits | branch.bits, noChars),
          nullable: all.some((branch) => branch.nullable),
        };
      }
      default:
        return { bits: noChars, nullable: true };
    }
  }

  /** The parts after one that cannot be empty are not used. */
  private firstOfSequence(items: readonly RegexNode[]): First {
    let bits = noChars;
    for (const item of items) {
      const first = this.first(item);
      bits |= first.bits;
      if (!first.nullable) return { bits, nullable: false };
    }
    return { bits, nullable: true };
  }

  private bits(node: Extract<RegexNode, { type: 'set' }>): CharBits {
    const known = this.bitsOf.get(node);
    if (known !== undefined) return known;
    const bits = charBits(node, this.ignoreCase);
    this.bitsOf.set(node, bits);
    return bits;
  }
}

function firstOfSequence(first: First, behind: First): First {
  return first.nullable ? { bits: first.bits | behind.bits, nullable: behind.nullable } : first;
}

function limited(ways: Ways): Ways {
  return ways.factor > maxFactor ? exponential : ways;
}

function times(left: Ways, right: Ways): Ways {
  return limited({ factor: left.factor * right.factor, degree: left.degree + right.degree });
}

function plus(left: Ways, right: Ways, disjoint: boolean): Ways {
  const factor = disjoint ? Math.max(left.factor, right.factor) : left.factor + right.factor;
  return limited({ factor, degree: Math.max(left.degree, right.degree) });
}

function power(ways: Ways, times: number): Ways {
  return limited({ factor: ways.factor ** times, degree: ways.degree * times });
}

function repeatsForEver(node: RegexNode): boolean {
  switch (node.type) {
    case 'group':
    case 'look':
      return repeatsForEver(node.body);
    case 'repeat':
      return node.max > 8 || repeatsForEver(node.body);
    case 'sequence':
      return node.items.some(repeatsForEver);
    case 'either':
      return node.branches.some(repeatsForEver);
    default:
      return node.type === 'backReference';
  }
}

function startsAtStart(node: RegexNode): boolean {
  switch (node.type) {
    case 'start':
      return true;
    case 'group':
      return startsAtStart(node.body);
    case 'sequence':
      return node.items[0] !== undefined && startsAtStart(node.items[0]);
    case 'either':
      return node.branches.every(startsAtStart);
    default:
      return false;
  }
}
