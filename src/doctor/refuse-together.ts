import { UserError } from '../errors.js';
import { iisnodeSock } from '../typed-command.js';

/** Options of the doctor that do not go with each other. */
interface Together {
  readonly list?: boolean | undefined;
  readonly explain?: string | undefined;
  /** The form of the report. */
  readonly form: 'text' | 'json' | 'sarif' | 'github';
  readonly fix?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  readonly unfix?: boolean | undefined;
}

/** Throws UserError EXPLAIN_WITH_LIST, EXPLAIN_WITH_FORMAT, DRY_RUN_WITHOUT_FIX, UNFIX_WITH_FIX or UNFIX_WITH_FORMAT. */
export function refuseTogether({ list = false, explain, form, fix = false, dryRun, unfix }: Together): void {
  if (list || explain !== undefined) {
    if (list && explain !== undefined) throw explainWithList();
    if (form === 'sarif' || form === 'github') throw explainWithFormat(list ? '--list' : '--explain', form);
    return;
  }
  if (dryRun && !fix && !unfix) throw dryRunWithoutFix();
  if (unfix && fix) throw unfixWithFix();
  if (unfix && (form === 'sarif' || form === 'github')) throw unfixWithFormat(form);
}

function dryRunWithoutFix(): UserError {
  return new UserError('DRY_RUN_WITHOUT_FIX', {
    what: '--dry-run shows what --fix or --unfix would change',
    why: 'Without them the doctor changes nothing anyway.',
    next: `${iisnodeSock} doctor --fix --dry-run`,
    again: { with: ['--fix'] },
  });
}

function unfixWithFix(): UserError {
  return new UserError('UNFIX_WITH_FIX', {
    what: '--unfix cannot be used with --fix',
    why: 'One restores the files that the other has changed.',
    next: 'omit one of them',
    again: { without: ['--unfix'] },
  });
}

function unfixWithFormat(format: string): UserError {
  return new UserError('UNFIX_WITH_FORMAT', {
    what: `--unfix cannot be used with --format ${format}`,
    why: 'It reports no findings.',
    next: 'omit --format, or use --format json',
    again: { without: ['--format'] },
  });
}

function explainWithList(): UserError {
  return new UserError('EXPLAIN_WITH_LIST', {
    what: '--list cannot be used with --explain',
    why: 'One names all rules, the other explains one.',
    next: 'omit one of them',
    again: { without: ['--list'] },
  });
}

function explainWithFormat(option: string, format: string): UserError {
  return new UserError('EXPLAIN_WITH_FORMAT', {
    what: `${option} cannot be used with --format ${format}`,
    why: 'What a rule is about is not a report of findings.',
    next: 'omit --format, or use --format json',
    again: { without: ['--format'] },
  });
}
