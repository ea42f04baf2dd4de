import { assumptionLine } from '../app/index.js';
import { appSources } from '../deploy/index.js';
import { diagnose, explainRule, reporters } from '../doctor/index.js';
import { UserError } from '../errors.js';
import { exitCodes } from '../exit-codes.js';
import type { Expectation } from '../probe/index.js';
import type { Command, CommonOptions } from './context.js';
import { unlessInterrupted } from './interruption.js';

interface DoctorCommandOptions extends CommonOptions {
  readonly fix?: boolean;
  /** False with --no-run. */
  readonly run?: boolean;
  readonly strict?: boolean;
  readonly format: 'text' | 'json' | 'sarif' | 'github';
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly explain?: string;
  readonly path?: string;
  readonly machines?: number;
  readonly expect?: readonly Expectation[];
  readonly seen?: readonly string[];
  readonly har?: string;
}

/** `doctor [what]` */
export const doctor: Command<DoctorCommandOptions> = async ([what], options, context) => {
  const { terminal, cwd, environment, signal } = context;
  const { fix = false } = options;
  const { form } = terminal;
  if (options.explain !== undefined) {
    if (form === 'sarif' || form === 'github') throw explainWithFormat(form);
    const rule = explainRule(options.explain);
    if (terminal.json || form === 'text') terminal.printText(`${rule.text}\n`);
    terminal.document(rule);
    return exitCodes.done.code;
  }
  const diagnosing = diagnose(what ?? '.', {
    cwd,
    isDefault: what === undefined,
    environment,
    assumeFrom: 'folder name',
    fix,
    run: options.run ?? true,
    sources: appSources,
    signal,
    ...(options.only === undefined ? {} : { only: options.only }),
    ...(options.skip === undefined ? {} : { skip: options.skip }),
    ...(options.path === undefined ? {} : { vdirPath: options.path }),
    ...(options.machines === undefined ? {} : { machines: options.machines }),
    ...(options.expect === undefined ? {} : { expect: options.expect }),
    ...(options.seen === undefined ? {} : { seen: options.seen }),
    ...(options.har === undefined ? {} : { har: options.har }),
  });
  // A fix that has begun is completed: what does not help is rolled back. A trial ends what it has started.
  const report = /^https?:/i.test(what ?? '') ? await unlessInterrupted(diagnosing, signal) : await diagnosing;
  const assumed = assumptionLine(report.assumed ?? []);
  if (assumed !== undefined && (form === 'text' || terminal.json)) terminal.say(terminal.err.dim(assumed));
  if (form === 'text' || terminal.json) terminal.printText(reporters.text(report, terminal.out, cwd));
  if (form !== 'text') terminal.machineText(reporters[form](report, terminal.out, cwd));
  const { errors, warnings } = report.summary;
  return errors > 0 || (options.strict && warnings > 0) ? exitCodes.refused.code : exitCodes.done.code;
};

function explainWithFormat(format: string): UserError {
  return new UserError('EXPLAIN_WITH_FORMAT', {
    what: `--explain cannot be used with --format ${format}`,
    why: 'The explanation of a rule is not a report of findings.',
    next: 'omit --format, or use --format json',
  });
}
