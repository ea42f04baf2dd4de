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

function wrap(text: string, width: number): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}

/** Explains a rule and its fix. Throws UserError UNKNOWN_RULE. */
export function explainRule(code: string): RuleExplanation {
  const rule = rules.find((candidate) => candidate.code === code.trim().toUpperCase());
  if (!rule) throw unknownRule(code, rules);
  const { severity, title, why, help } = rule;
  const fixable = rule.fix !== undefined;
  const text = [
    `${rule.code} (${severity}): ${title}`,
    wrap(why, 100),
    wrap(help, 100),
    `Silence it: iisnode-sock doctor --skip ${rule.code}`,
  ].join('\n\n');
  return { code: rule.code, severity, title, why, help: help.replace(/\s*\n\s*/g, ' '), fixable, text };
}
