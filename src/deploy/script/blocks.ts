import { isDeepStrictEqual } from 'node:util';
import { type ChangeItem, type Condition, givenBy, type LookItem } from './script-part.js';

/** Items under the conditions that they share. */
export type Block<I> =
  | { readonly item: I }
  | { readonly conditions: readonly Condition[]; readonly blocks: readonly Block<I>[] };

/** Groups items that stand behind one another by the conditions with which they begin: a reader sees each condition once. */
export function blocksOf<I extends ChangeItem | LookItem>(items: readonly I[], depth = 0): Block<I>[] {
  const blocks: Block<I>[] = [];
  for (let at = 0; at < items.length; ) {
    const item = items[at] as I;
    const condition = item.when?.[depth];
    if (condition === undefined) {
      blocks.push({ item });
      at += 1;
      continue;
    }
    const from = at;
    while (isDeepStrictEqual(items[at]?.when?.[depth], condition)) {
      at += 1;
      // It may not hold any more.
      if (givenBy(items[at - 1] as I).includes(condition.variable)) break;
    }
    blocks.push(merged(condition, blocksOf(items.slice(from, at), depth + 1)));
  }
  return blocks;
}

/** A block whose only content is another block is one with the conditions of both. */
function merged<I>(condition: Condition, blocks: readonly Block<I>[]): Block<I> {
  const [only, ...others] = blocks;
  if (only !== undefined && others.length === 0 && 'blocks' in only) {
    return { conditions: [condition, ...only.conditions], blocks: only.blocks };
  }
  return { conditions: [condition], blocks };
}
