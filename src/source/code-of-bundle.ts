/** In UTF-16 units: more is not parsed. A million takes 0.8 to 1.4 s and about 100 MB; minified code most. */
export const mostCode = 4 * 1024 * 1024;

/** The line above each module of a bundle: `// node_modules/express/index.js` of esbuild, `/***\/ "./src/app.js":` of webpack, since 5.100 without the colon. */
const heads = /^(?:\/\/ (\S+\.\w+)|\/\*\*\*\/ "([^"\n]+)":?|\/\*{6}\/.*)$/gm;
const ofPackage = /(^|\/)node_modules\//;

/**
 * The code of a bundle that is parsed, with every offset as in the bundle: that of packages, as far as the bundler says what is theirs,
 * is replaced by spaces.
 *
 * @returns undefined where that is more than is parsed.
 */
export function codeOfBundle(text: string): string | undefined {
  const pieces: string[] = [];
  let [from, blank, isOfPackage] = [0, 0, false];
  const upTo = (end: number): void => {
    const piece = text.slice(from, end);
    pieces.push(isOfPackage ? blankedPackage(piece) : piece);
    if (isOfPackage) blank += piece.length;
    from = end;
  };
  for (const { index, 1: ofEsbuild, 2: ofWebpack } of text.matchAll(heads)) {
    const isNext = ofPackage.test(ofEsbuild ?? ofWebpack ?? '');
    if (isNext === isOfPackage) continue;
    upTo(index);
    isOfPackage = isNext;
  }
  upTo(text.length);
  return text.length - blank > mostCode ? undefined : pieces.join('');
}

/** Spaces instead of a text, in as many lines. */
export const blanked = (text: string): string => text.replace(/[^\r\n]+/g, (line) => ' '.repeat(line.length));

/** The same without the imports of a package: they make the whole bundle an ES module. */
const blankedPackage = (text: string): string =>
  text.replace(/^(?!import\b.*["'];?$)[^\r\n]+/gm, (line) => ' '.repeat(line.length));
