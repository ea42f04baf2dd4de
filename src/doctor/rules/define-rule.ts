import type { Rule } from '../types.js';

/** Types a rule: what its `check` attaches as `data` is what its `fix` gets back. */
export function defineRule<Data = undefined>(rule: Rule<Data>): Rule {
  // Safe: the engine hands a finding only to the rule that made it.
  return rule as Rule;
}
