import type { PatternSyntax } from './condition-types.js';
import { compilePattern, PatternTooComplex, regexSource } from './pattern.js';
import { parseRegex } from './regex/parse.js';
import { RegexError, type RegexNode } from './regex/syntax.js';

/** What can be said of a pattern without a request. */
export interface PatternShape {
  /** Number of capture groups, {R:1} and up. */
  readonly groups: number;
  /** Inputs that the pattern matches, one for each of its alternatives; they have no more in them than the pattern asks for. */
  readonly samples: readonly string[];
  /** Does the pattern match only at the start of its input? */
  readonly isAnchored: boolean;
  /** Does it end in a slash with `*`: any number of slashes, where a wildcard was meant? */
  readonly endsInSlashes: boolean;
}

/** More alternatives are not looked at. */
const mostSamples = 24;
/** What stands for any character: no name of a file or folder that a site is likely to have. */
const anyCharacter = 'q7-Q_/.'.split('');
const printable = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index));

/** The shape of a pattern; undefined where URL Rewrite refuses it. */
export function patternShape(text: string, syntax: PatternSyntax): PatternShape | undefined {
  try {
    const pattern = compilePattern(text, syntax, true);
    const { root, groups } = parseRegex(regexSource(text, syntax));
    const matching = samplesOf(root).filter((sample) => pattern.exec(sample) !== null);
    return {
      groups,
      samples: [...new Set(matching)],
      isAnchored: branchesOf(root).every(startsAnchored),
      endsInSlashes: isSlashes(lastOf(root)),
    };
  } catch (cause) {
    if (cause instanceof RegexError) return undefined;
    throw cause;
  }
}

const branchesOf = (node: RegexNode): readonly RegexNode[] => (node.type === 'either' ? node.branches : [node]);

function startsAnchored(node: RegexNode): boolean {
  if (node.type === 'start') return true;
  if (node.type === 'sequence') return node.items[0] !== undefined && startsAnchored(node.items[0]);
  return node.type === 'group' && branchesOf(node.body).every(startsAnchored);
}

const lastOf = (node: RegexNode): RegexNode | undefined => (node.type === 'sequence' ? node.items.at(-1) : node);

function isSlashes(node: RegexNode | undefined): boolean {
  if (node?.type !== 'repeat' || node.min !== 0 || Number.isFinite(node.max)) return false;
  return node.body.type === 'set' && characterOf(node.body.source) === '/';
}

/** A character of a set: itself for a literal, else one that stands for any. */
function characterOf(source: string): string {
  if (source.length === 1 && source !== '.') return source;
  if (/^\\[^A-Za-z0-9]$/.test(source)) return source.charAt(1);
  const set = new RegExp(`^${source}$`);
  return [...anyCharacter, ...printable].find((char) => set.test(char)) ?? 'q';
}

function samplesOf(node: RegexNode): readonly string[] {
  switch (node.type) {
    case 'set':
      return [characterOf(node.source)];
    case 'group':
      return samplesOf(node.body);
    case 'either':
      return node.branches.flatMap(samplesOf).slice(0, mostSamples);
    case 'sequence':
      return node.items.reduce<readonly string[]>(
        (starts, item) => starts.flatMap((start) => samplesOf(item).map((end) => start + end)).slice(0, mostSamples),
        [''],
      );
    case 'repeat': {
      // ".*" is meant to be something; "/?" and "(x)?" need not be there.
      const isAny = node.body.type === 'set' && samplesOf(node.body)[0] === anyCharacter[0];
      const times = Math.min(isAny && node.max > 0 ? Math.max(1, node.min) : node.min, 64);
      return samplesOf(node.body).map((sample) => sample.repeat(times));
    }
    default:
      return [''];
  }
}

/** Does a pattern match an input, ignoring case? False where URL Rewrite refuses the pattern. */
export function patternMatches(text: string, syntax: PatternSyntax, input: string, ignoreCase = true): boolean {
  try {
    return compilePattern(text, syntax, ignoreCase).exec(input) !== null;
  } catch (cause) {
    if (cause instanceof RegexError) return false;
    throw cause;
  }
}

/**
 * May a regular expression of a script match an input? Always ends: true also where that takes too many steps, or where the
 * expression has what URL Rewrite's syntax lacks.
 */
export function mayMatch({ source, flags }: RegExp, input: string): boolean {
  try {
    return compilePattern(source, 'ECMAScript', flags.includes('i')).exec(input) !== null;
  } catch (cause) {
    if (cause instanceof RegexError || cause instanceof PatternTooComplex) return true;
    throw cause;
  }
}
