import { tsPlugin } from '@sveltejs/acorn-typescript';
import { Parser } from 'acorn';

/** acorn with TypeScript, in a separate file in dist: it takes long to load, and most apps are JavaScript. */
export function typedParser(jsx: boolean): typeof Parser {
  const Base = Parser.extend(tsPlugin({ jsx }));
  const genericArrow: unknown = Reflect.get(Base.prototype, 'tsTryParseGenericAsyncArrowFunction');
  class Typed extends Base {
    declare yieldPos: number;
    declare awaitPos: number;
    declare awaitIdentPos: number;

    /** `await a; async <T>(b: T) => ..`: an await before the arrow function is not an await in its parameters, which must not have one. */
    tsTryParseGenericAsyncArrowFunction(...given: readonly unknown[]): unknown {
      const { yieldPos, awaitPos, awaitIdentPos } = this;
      Object.assign(this, { yieldPos: 0, awaitPos: 0, awaitIdentPos: 0 });
      try {
        return typeof genericArrow === 'function' ? genericArrow.apply(this, given) : undefined;
      } finally {
        Object.assign(this, { yieldPos, awaitPos, awaitIdentPos });
      }
    }
    /** In .tsx `<T extends X>(a: T) => a` is valid; the parser applies the rules of .mts, where it is not. */
    reportReservedArrowTypeParam(): void {}
    /** `namespace N { export { a } }`: the parser searches for the name at the top level of the file. */
    checkLocalExport(): void {}
  }
  return Typed;
}
