/** A folder or file of this machine, and what it is a copy of: maybe on a server. */
export type Copy = readonly [copy: string, original: string];

/** The same data with the paths of originals in the place of those of their copies. */
export function withPaths<Value>(value: Value, copies: readonly Copy[]): Value {
  // Safe: texts stay texts.
  return (copies.length === 0 ? value : replaced(value, copies)) as Value;
}

function replaced(value: unknown, copies: readonly Copy[]): unknown {
  if (typeof value === 'string') return copies.reduce(withOriginal, value);
  if (Array.isArray(value)) return value.map((each) => replaced(each, copies));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, replaced(each, copies)]));
}

/** What is below a folder of a Windows server has its separators. */
function withOriginal(text: string, [copy, original]: Copy): string {
  if (!/^[A-Za-z]:\\/.test(original) || !copy.startsWith('/')) return text.replaceAll(copy, original);
  return text
    .split(copy)
    .map((part, index) =>
      index === 0 ? part : part.replace(/^(?:\/[^/\s"'<>:|?*]+)+/, (rest) => rest.replaceAll('/', '\\')),
    )
    .join(original);
}
