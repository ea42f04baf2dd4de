import { parse } from 'yaml';

/** The value of a YAML text; undefined where it is none. In a separate file in dist: hardly any app has its start in YAML. */
export function yamlValue(text: string): unknown {
  try {
    return parse(text, { logLevel: 'error' });
  } catch {
    return undefined; // not YAML, or aliases of aliases without an end
  }
}
