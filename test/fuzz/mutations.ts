import fc from 'fast-check';

/** Realistic damage to a text: characters lost, doubled, swapped, or replaced by ones that are difficult for parsers. */
type Mutation = (text: string, at: number, piece: string) => string;

const mutations: readonly Mutation[] = [
  (text, at) => text.slice(0, at) + text.slice(at + 1),
  (text, at, piece) => text.slice(0, at) + piece + text.slice(at),
  (text, at) => text.slice(0, at),
  (text, at) => text.slice(at),
  (text, at) => text.slice(0, at) + text.slice(at, at + 200) + text.slice(at),
  (text, at, piece) => text.replaceAll(text.slice(at, at + 3) || piece, piece),
];

const pieces = [
  ...['<', '>', '&', '"', "'", '/', '=', ']]>', '<!--', '-->', '<![CDATA[', '<?xml?>', '<!DOCTYPE a [', '&#0;', '&x;'],
  ...['{R:1}', '{C:', '(', '[', '*', '+', '\\', '%', '\0', '\uD800', '\uFEFF', 'é', '<a/>', '<clear/>', '<remove/>'],
  ...['<location path="x">', '</system.webServer>', ' enabled="maybe"', ' name="iisnode"', '%SystemRoot%', '../..', ''],
];

/** A text with one to five such changes. */
export function mutated(texts: readonly string[]): fc.Arbitrary<string> {
  const wound = fc.tuple(
    fc.nat(mutations.length - 1),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.constantFrom(...pieces),
  );
  return fc.tuple(fc.constantFrom(...texts), fc.array(wound, { minLength: 1, maxLength: 5 })).map(([text, wounds]) =>
    wounds.reduce((hurt, [which, place, piece]) => {
      const mutation = mutations[which] ?? ((same: string) => same);
      return mutation(hurt, Math.floor(place * hurt.length), piece).slice(0, 100_000);
    }, text),
  );
}
