import { isObject, parseJson } from '../../app/index.js';
import { placeAt } from '../../source/index.js';
import type { Written } from './written.js';

/** `"iisnode-sock": { "allow": { "RULE": "reason" } }` in package.json: it counts for the whole app. */
export function allowancesInPackage(file: string, text: string | undefined): readonly Written[] {
  const field = text?.includes('"iisnode-sock"') ? parseJson(text)?.['iisnode-sock'] : undefined;
  if (text === undefined || field === undefined) return [];
  const start = /"iisnode-sock"\s*:/.exec(text)?.index ?? 0;
  const at = (key: string): Pick<Written, 'file' | 'line' | 'column'> => {
    const found = text.indexOf(JSON.stringify(key), start);
    const { line, column } = placeAt({ file, text }, found < 0 ? start : found);
    return { file, line, column };
  };
  const rest = { lines: undefined, isWide: true };
  const allow = isObject(field) ? field.allow : undefined;
  if (allow === undefined && isObject(field) && field.targets !== undefined) return []; // it is for deploy alone
  if (!isObject(allow)) return [{ ...at('iisnode-sock'), words: 'not understood', ...rest }];
  return Object.entries(allow).map(([rule, reason]) => {
    const said = typeof reason === 'string' && reason.trim() !== '' ? reason.trim() : undefined;
    return { ...at(rule), words: { names: [rule], reason: said }, ...rest };
  });
}
