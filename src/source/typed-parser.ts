import { tsPlugin } from '@sveltejs/acorn-typescript';
import { Parser } from 'acorn';

/** acorn with TypeScript, in a file of its own in dist: it takes long to load, and most apps are JavaScript. */
export function typedParser(jsx: boolean): typeof Parser {
  class Typed extends Parser.extend(tsPlugin({ jsx })) {
    /** In .tsx `<T extends X>(a: T) => a` is fine; the parser thinks of .mts, where it is not. */
    reportReservedArrowTypeParam(): void {}
    /** `namespace N { export { a } }`: the parser looks for the name at the top of the file. */
    checkLocalExport(): void {}
  }
  return Typed;
}
