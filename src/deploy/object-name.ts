import { parseValue, sectionSchema } from '../config/index.js';

/** Why IIS refuses a name for an object of this section's collection (a pool, a site), in its own words; undefined: it accepts it. */
export function nameProblem(section: string, name: string): string | undefined {
  const rule = sectionSchema(section)?.element?.collection?.entry?.attributes.get('name');
  const parsed = rule === undefined ? undefined : parseValue(rule, name);
  return parsed !== undefined && 'problem' in parsed ? parsed.problem : undefined;
}
