import type { Rule } from '../types.js';

/** Types a rule: the `data` that its `check` attaches is passed to its `fix`. */
export function defineRule<Data = undefined>(rule: Rule<Data>): Rule {
  // Safe: the engine hands a finding only to the rule that made it.
  return rule as Rule;
}
