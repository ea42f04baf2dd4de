import { wrapAnsi } from 'fast-wrap-ansi';
import { inOneLine } from '../trimmed.js';
import { iisnodeSock } from '../typed-command.js';
import { unknownRule } from './engine.js';
import { rules } from './rules/index.js';
import type { Severity } from './types.js';

export interface RuleExplanation {
  readonly code: string;
  readonly severity: Severity;
  readonly title: string;
  readonly why: string;
  readonly help: string;
  /** True when --fix can fix it, at least in simple cases. */
  readonly fixable: boolean;
  /** The whole explanation, human-readable. */
  readonly text: string;
}

/**
 * Explains a rule and its fix.
 *
 * @param width Columns of the text.
 * @throws UserError UNKNOWN_RULE.
 */
export function explainRule(code: string, width = 80): RuleExplanation {
  const rule = rules.find((candidate) => candidate.code === code.trim().toUpperCase());
  if (!rule) throw unknownRule(code, rules);
  const { severity, title, why, help } = rule;
  const fixable = rule.fix !== undefined;
  const text = [
    `${rule.code} (${severity}): ${title}`,
    wrapAnsi(why.replace(/\s+/g, ' '), width),
    wrapAnsi(help.replace(/\s+/g, ' '), width),
    `Silence it once: ${iisnodeSock} doctor --skip ${rule.code}
Allow it for good: a comment in the file, above the line it is about:
  iisnode-sock: allow ${rule.code} because REASON`,
  ].join('\n\n');
  return { code: rule.code, severity, title, why, help: inOneLine(help), fixable, text };
}
