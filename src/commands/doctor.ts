import { diagnose, explainRule, reporters } from '../doctor/index.js';
import { exitCodes } from '../exit-codes.js';
import type { Command, CommonOptions } from './context.js';

interface DoctorCommandOptions extends CommonOptions {
  readonly fix?: boolean;
  readonly strict?: boolean;
  readonly format: 'text' | 'json' | 'sarif' | 'github';
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly explain?: string;
  readonly path?: string;
  readonly machines?: number;
}

/** `doctor [what]` */
export const doctor: Command<DoctorCommandOptions> = async ([what = '.'], options, context) => {
  const { terminal, cwd, environment } = context;
  if (options.explain !== undefined) {
    const rule = explainRule(options.explain);
    terminal.print(rule.text);
    terminal.document(rule);
    return exitCodes.done.code;
  }
  const report = await diagnose(what, {
    cwd,
    environment,
    fix: options.fix ?? false,
    ...(options.only === undefined ? {} : { only: options.only }),
    ...(options.skip === undefined ? {} : { skip: options.skip }),
    ...(options.path === undefined ? {} : { vdirPath: options.path }),
    ...(options.machines === undefined ? {} : { machines: options.machines }),
  });
  const format = terminal.json ? 'json' : options.format;
  process.stdout.write(reporters[format](report, terminal.out, cwd));
  if (terminal.json) process.stderr.write(reporters.text(report, terminal.err, cwd));
  const { errors, warnings } = report.summary;
  return errors > 0 || (options.strict && warnings > 0) ? exitCodes.refused.code : exitCodes.done.code;
};
