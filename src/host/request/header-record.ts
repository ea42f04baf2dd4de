/** Flat name, value pairs as a record with lower-case names, repeated ones joined by a comma: a server variable has one value. */
export function headerRecord(headers: readonly string[]): Record<string, string> {
  const record: Record<string, string> = {};
  for (let index = 0; index + 1 < headers.length; index += 2) {
    addHeader(record, headers[index] ?? '', headers[index + 1] ?? '');
  }
  return record;
}

/** Adds a header as received to a record with lower-case names; a repeated one is joined by a comma. */
function addHeader(record: Record<string, string>, name: string, value: string): void {
  const key = name.toLowerCase();
  record[key] = Object.hasOwn(record, key) ? `${record[key]}, ${value}` : value;
}
