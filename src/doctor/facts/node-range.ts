import intersects from 'semver/ranges/intersects.js';
import { rangeOf } from './version-range.js';

/** Versions whose require() loads ES modules without a flag: 20.19 in its line, 22.12 and all later ones. */
const requireEsm = '^20.19.0 || >=22.12.0';

/** Does engines.node allow only versions that cannot require() an ES module? False when it is not set. */
export function excludesRequireEsm(range: string | undefined): boolean {
  const allowed = rangeOf(range);
  return allowed !== undefined && !intersects(allowed, requireEsm, { loose: true });
}
