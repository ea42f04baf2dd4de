/** What the committed JavaScript has to be: absolute path -> text. */
export function generated(): ReadonlyMap<string, string>;

/** A TypeScript module as a CommonJS one, not yet formatted. */
export function toCommonJs(typeScript: string): string;
