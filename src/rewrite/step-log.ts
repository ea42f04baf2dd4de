import type { CompiledRule } from './compile.js';
import type { RewriteRule, RuleStep, RuleVerdict } from './types.js';

const none: readonly never[] = [];

/** A step of a rule without details. */
export function stepOf(rule: RewriteRule, verdict: RuleVerdict, input?: string): RuleStep {
  return { rule, verdict, input, captures: none, conditions: none, result: undefined, note: undefined };
}

/** The rules of one scope, and the result of those that were reached: a step, or the input that did not match. */
interface Part {
  readonly rules: readonly CompiledRule[];
  readonly reached: (RuleStep | string)[];
  note: string | undefined;
}

/** The log of a run: for a rule that does not match, the usual case, only its input. */
export class StepLog {
  private readonly parts: Part[] = [];
  private reached: (RuleStep | string)[] = [];

  /** The next entries are about these rules, in their order. */
  begin(rules: readonly CompiledRule[]): void {
    this.reached = [];
    this.parts.push({ rules, reached: this.reached, note: undefined });
  }

  add(step: RuleStep): void {
    this.reached.push(step);
  }

  addMiss(input: string): void {
    this.reached.push(input);
  }

  /** The rules not logged yet were skipped; `note` says why. */
  skipRest(note: string | undefined): void {
    const part = this.parts.at(-1);
    if (part !== undefined) part.note = note;
  }

  /** One step for every rule, in the order of evaluation. */
  steps(): readonly RuleStep[] {
    return this.parts.flatMap(({ rules, reached, note }) =>
      rules.map(({ source, disabled }, index) => {
        const noted = reached[index];
        if (typeof noted === 'string') return stepOf(source, 'not-matched', noted);
        return noted ?? { ...stepOf(source, disabled ? 'skipped-disabled' : 'skipped-after-stop'), note };
      }),
    );
  }
}
