import { headerText } from '../../pipeline/sections/index.js';

/**
 * The flat pairs after rules changed their record: unchanged headers stay as they are, with repeats and spelling; a
 * changed header appears once, in the place of the first one; new ones come last.
 */
export function changedHeaders(
  headers: readonly string[],
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): string[] {
  const changed: string[] = [];
  const written = new Set<string>();
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const [name = '', value = ''] = headers.slice(index, index + 2);
    const key = name.toLowerCase();
    const now = after[key];
    if (now === before[key]) changed.push(name, value);
    else if (now !== undefined && !written.has(key)) changed.push(name, headerText(now));
    written.add(key);
  }
  for (const [key, value] of Object.entries(after)) {
    if (!written.has(key))
      changed.push(
        key.replace(/(^|-)[a-z]/g, (first) => first.toUpperCase()),
        headerText(value),
      );
  }
  return changed;
}
