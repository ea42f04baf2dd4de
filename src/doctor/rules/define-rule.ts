import type { FileRule } from '../types.js';

/** Types a rule: the `data` that its `check` attaches is passed to its `fix`. */
export function defineRule<Data = undefined>(rule: FileRule<Data>): FileRule {
  return rule;
}
