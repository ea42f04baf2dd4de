import type { Finding } from '../types.js';
import type { Allowance } from './allowances.js';

/** The allowances for some lines of a file, by their first line. */
interface OfLines {
  readonly all: Allowance[];
  /** The last line that each or one before it reaches. */
  readonly reaches: number[];
}

/** The allowances of one rule. */
interface OfRule {
  readonly ofLines: Map<string, OfLines>;
  /** The first for a whole file, with its index. */
  readonly ofFile: Map<string, number>;
  /** The first for all files, and the first of them that stands in another file. */
  readonly wide: number[];
}

/**
 * Finds the allowance for a finding: the first for its line, else the first for its file or for all files. An app may have
 * thousands of both: they are not compared with one another.
 */
export function allowanceFinder(
  valid: readonly Allowance[],
): (finding: Pick<Finding, 'rule' | 'file' | 'line'>) => Allowance | undefined {
  const rules = new Map<string, OfRule>();
  for (const [index, one] of valid.entries()) add(rules, one, index, valid);
  for (const { ofLines } of rules.values()) for (const lines of ofLines.values()) index(lines);
  return ({ rule, file, line }) => {
    const known = rules.get(rule);
    const near = line === undefined ? undefined : covering(known?.ofLines.get(file ?? ''), line);
    if (known === undefined || near !== undefined) return near;
    const wide = known.wide.find((each) => valid[each]?.file !== file);
    const able = [known.ofFile.get(file ?? ''), wide].filter((each) => each !== undefined);
    return valid[Math.min(...able)];
  };
}

function add(rules: Map<string, OfRule>, one: Allowance, at: number, valid: readonly Allowance[]): void {
  const { rule, file, lines, isWide } = one;
  const known: OfRule = rules.get(rule) ?? { ofLines: new Map(), ofFile: new Map(), wide: [] };
  rules.set(rule, known);
  if (lines === undefined) {
    if (!known.ofFile.has(file)) known.ofFile.set(file, at);
  } else {
    const same = known.ofLines.get(file) ?? { all: [], reaches: [] };
    known.ofLines.set(file, same);
    same.all.push(one);
  }
  const [first] = known.wide;
  if (isWide && known.wide.length < 2 && (first === undefined || valid[first]?.file !== file)) known.wide.push(at);
}

function index({ all, reaches }: OfLines): void {
  all.sort((a, b) => (a.lines?.from ?? 0) - (b.lines?.from ?? 0));
  let furthest = 0;
  for (const { lines } of all) {
    furthest = Math.max(furthest, lines?.to ?? 0);
    reaches.push(furthest);
  }
}

/** The first that reaches the line, unless it begins behind it. */
function covering(lines: OfLines | undefined, line: number): Allowance | undefined {
  if (lines === undefined) return undefined;
  let [low, high] = [0, lines.all.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines.reaches[middle] ?? 0) < line) low = middle + 1;
    else high = middle;
  }
  const found = lines.all[low];
  return (found?.lines?.from ?? Number.POSITIVE_INFINITY) <= line ? found : undefined;
}
