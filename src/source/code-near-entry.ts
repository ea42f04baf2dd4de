import { type Block, outermostBlocks } from './blocks-of-code.js';
import { blanked } from './code-of-bundle.js';

/** In UTF-16 units: what is parsed of a bundle that does not name the files of its packages. */
export const mostNearEntry = 1024 * 1024;
/** No person writes a module that is as large; generated tables and compilers are. */
const largestModule = 512 * 1024;
/** Smaller blocks stay: blanking them saves nothing, and `export { a as b }` has to stay. */
const smallest = 1024;

/**
 * What is in front of a module: its number, or its path, of webpack and ncc (`12: (module) =>`, `12(e,t,n)`, a number in a comment), its wrapper of esbuild
 * (`var a=b((c,d)=>`), its function of rollup (`function a()`).
 */
const head =
  /(?:(?:(?:^|[{,\s])(\d+|"[^"\n]{1,200}")\s*:?|\/\* (\d+) \*\/)\s*(?:\/\*{3}\/\s*)?\(?(?:function\s*)?\([\w$,\s]*\)\s*(?:=>\s*)?|\b([\w$]+)\s*=\s*[\w$]+\(\s*(?:\(?[\w$,\s]*\)?\s*=>|function\s*\([\w$,\s]*\))\s*|\bfunction\s+([\w$]+)\s*\([\w$,\s]*\)\s*)$/;
/** How a module is loaded: `n(12)`, `n.bind(n, 12)`, `n("./a.js")`, `a()`. */
const loads = /[(,]\s*(\d+|"[^"\n]{1,200}")\)|([\w$]+)\(\)/g;

/** A block, and the name by which others load it; undefined for code that runs where it stands. */
interface Part extends Block {
  readonly key: string | undefined;
}

/** The parts of a bundle. What encloses them (the function around all, webpack's table of modules) is opened. */
function partsOf(text: string): readonly Part[] | undefined {
  const headOf = (at: number): string | undefined => {
    const found = head.exec(text.slice(Math.max(at - 300, 0), at));
    return found?.slice(1).find((name) => name !== undefined);
  };
  const isOpened = (block: Block): boolean =>
    block.end - block.start > largestModule && headOf(block.start) === undefined;
  return outermostBlocks(text, smallest, isOpened)?.map((block) => ({ ...block, key: headOf(block.start) }));
}

/**
 * The code of a bundle whose packages are not told from the app's own modules, as far as it is parsed: what runs when it is loaded, and
 * the modules that are nearest to that, by what loads what; bundlers write the entry last. The rest is replaced by spaces.
 *
 * @returns undefined where that cannot be told.
 */
export function codeNearEntry(text: string): { readonly code: string; readonly leftOut: number } | undefined {
  const parts = partsOf(text);
  if (parts === undefined) return undefined;
  const byKey = new Map(parts.flatMap((part) => (part.key === undefined ? [] : [[part.key, part] as const])));
  const between = parts.map(({ start }, index) => ({ start: parts[index - 1]?.end ?? 0, end: start }));
  const around = [...between, { start: parts.at(-1)?.end ?? 0, end: text.length }];
  let left = mostNearEntry - around.reduce((sum, { start, end }) => sum + end - start, 0);
  const kept = new Set<Part>();
  const keep = (part: Part | undefined): Part[] => {
    const size = part ? part.end - part.start : 0;
    if (!part || kept.has(part) || size > largestModule || size > left) return [];
    left -= size;
    kept.add(part);
    return [part];
  };
  const loadedBy = ({ start, end }: Block): Part[] =>
    [...text.slice(start, end).matchAll(loads)].flatMap(([, number, name]) => keep(byKey.get(number ?? name ?? '')));
  // From the end: what stands there is the entry, or loads it.
  let nearest = around.toReversed().flatMap(loadedBy);
  for (const part of parts.toReversed()) if (part.key === undefined) nearest.push(...keep(part));
  while (nearest.length > 0) nearest = nearest.flatMap(loadedBy);
  const others = parts.filter((part) => !kept.has(part));
  if (left < 0) return undefined;
  return { code: withoutParts(text, others), leftOut: others.reduce((sum, { start, end }) => sum + end - start, 0) };
}

/** The text with spaces in these braces: every offset is as before. */
function withoutParts(text: string, parts: readonly Part[]): string {
  const pieces: string[] = [];
  let from = 0;
  for (const { start, end } of parts) {
    pieces.push(text.slice(from, start + 1), blanked(text.slice(start + 1, end - 1)));
    from = end - 1;
  }
  return [...pieces, text.slice(from)].join('');
}
