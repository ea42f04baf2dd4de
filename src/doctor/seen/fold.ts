import { families } from './known/index.js';
import type { Sighting } from './recognise.js';

/** Root causes first, as in the list. */
const order = families.flatMap(({ texts }) => texts);

/** The most quotes of one text. */
const mostQuotes = 3;

/** A note, as a deprecation warning is, is never the reason of something else. */
const follows = ({ known }: Sighting, other: Sighting): boolean =>
  other.known.severity !== 'info' &&
  (known.follows?.includes(other.known.id) || known.follows?.includes(other.family.name)) === true;

/** Each text once, whichever inputs have it; a text that is only the consequence of another one is folded into it. */
export function fold(sightings: readonly Sighting[]): Sighting[] {
  const once = unique(sightings).sort((one, other) => order.indexOf(one.known) - order.indexOf(other.known));
  const roots = new Map<Sighting, Sighting>();
  for (const [index, each] of once.entries()) {
    const root = once.find(
      (other, place) => other !== each && follows(each, other) && (!follows(other, each) || place < index),
    );
    if (root !== undefined) roots.set(each, root);
  }
  const quotes = new Map(once.filter((each) => !roots.has(each)).map((each) => [each, [...each.quotes]]));
  for (const each of roots.keys()) quotes.get(rootOf(each, roots))?.push(...each.quotes);
  return [...quotes].map(([each, all]) => ({ ...each, quotes: [...new Set(all)].slice(0, mostQuotes) }));
}

/** The end of a chain of consequences; where texts follow each other in a circle, the first of them. */
function rootOf(each: Sighting, roots: ReadonlyMap<Sighting, Sighting>): Sighting {
  const met = new Set<Sighting>();
  let root = each;
  for (let next = roots.get(root); next !== undefined && !met.has(root); next = roots.get(root)) {
    met.add(root);
    root = next;
  }
  return root;
}

function unique(sightings: readonly Sighting[]): Sighting[] {
  const byId = new Map<string, Sighting>();
  for (const each of sightings) {
    const { id } = each.known;
    const before = byId.get(id);
    byId.set(id, before === undefined ? each : merged(before, each));
  }
  return [...byId.values()];
}

function merged(one: Sighting, other: Sighting): Sighting {
  const { isPast: _past, ...both } = one;
  const isPast = one.isPast === true && other.isPast === true;
  return {
    ...both,
    quotes: [...new Set([...one.quotes, ...other.quotes])].slice(0, mostQuotes),
    texts: [...one.texts, ...other.texts],
    ...(isPast && { isPast }),
  };
}
