import path from 'node:path';
import { assumptionLine } from '../app/index.js';
import {
  type DeployEvent,
  DeployFailed,
  type DeployResult,
  type DeployWarning,
  deployWithWarnings,
} from '../deploy/index.js';
import { exitCodes } from '../exit-codes.js';
import { printable } from '../printable.js';
import type { Expectation, ProbeReport } from '../probe/index.js';
import type { Terminal } from '../terminal/index.js';
import type { Command, CommonOptions } from './context.js';
import { seconds } from './duration.js';

interface DeployCommandOptions extends CommonOptions {
  readonly to?: string;
  readonly site?: string;
  readonly newSite?: string;
  readonly binding?: readonly string[];
  readonly certificate?: string;
  readonly path?: string;
  readonly force?: boolean;
  readonly pool?: string;
  readonly port?: number;
  readonly machines?: number;
  readonly dryRun?: boolean;
  readonly build?: boolean;
  readonly verify?: boolean;
  readonly expect?: readonly Expectation[];
}

/** `deploy [dir]` */
export const deploy: Command<DeployCommandOptions> = async ([dir = '.'], options, context) => {
  const { terminal, cwd, environment, signal } = context;
  const {
    to,
    site,
    newSite,
    binding,
    certificate,
    path: vdirPath,
    force,
    pool,
    port,
    machines = 1,
    dryRun,
    build,
    verify,
    expect,
  } = options;
  const directory = path.resolve(cwd, dir);
  const { runRulesAt } = await import('../doctor/index.js'); // loaded here: not needed for a wrong command line
  const { warnings, ...result } = await deployWithWarnings(
    {
      directory,
      ...(to === undefined ? {} : { to }),
      ...(site === undefined ? {} : { site }),
      ...(newSite === undefined ? {} : { newSite }),
      ...(binding === undefined ? {} : { binding }),
      ...(certificate === undefined ? {} : { certificate }),
      ...(vdirPath === undefined ? {} : { path: vdirPath }),
      ...(force === undefined ? {} : { force }),
      ...(pool === undefined ? {} : { pool }),
      ...(port === undefined ? {} : { port }),
      dryRun: dryRun ?? false,
      build: build ?? true,
      verify: verify ?? true,
      ...(expect === undefined ? {} : { expect }),
      signal,
      environment,
    },
    (app) => runRulesAt('deploy', app, machines),
    {
      event: (event) => printEvent(terminal, event, dryRun ?? false),
      warning: (warning) => printWarning(terminal, warning, cwd),
      assumed: (values) => {
        const line = assumptionLine(values);
        if (line !== undefined) terminal.say(terminal.err.dim(line));
      },
    },
  ).catch((error: unknown) => {
    if (error instanceof DeployFailed) renderProbe(terminal, error.probe);
    throw error;
  });
  render(terminal, result);
  terminal.document({ ...result, warnings: warnings.map(asWarning), exit: exitCodes[result.exit].code });
  return exitCodes[result.exit].code;
};

/** A finding in deploy's JSON document. */
const asWarning = ({ rule, message, why, fix, file, line }: DeployWarning) => ({
  code: rule,
  message,
  why,
  fix,
  file,
  line,
});

function printWarning(
  { say, err }: Terminal,
  { rule, message, why, fix, file, line }: DeployWarning,
  cwd: string,
): void {
  const at = file === undefined ? '' : `  ${err.dim(`${path.relative(cwd, file)}:${line}`)}`;
  say(`${err.warning('!')} ${rule}  ${message}${at}`);
  say(`    ${why}`);
  if (fix !== undefined) say(`    fix: ${fix}`);
}

function printEvent(terminal: Terminal, event: DeployEvent, dryRun: boolean): void {
  const { err } = terminal;
  const note = event.note ? `  ${err.dim(event.note)}` : '';
  if (event.step === 'record-deployment' && event.phase !== 'failed') return; // our own bookkeeping
  if (event.phase === 'looked' && event.commands.length === 0) {
    terminal.say(`${err.dim('-')} ${event.title}${note || err.dim('  no change')}`);
  } else if (event.phase === 'looked' && dryRun) {
    terminal.say(`${err.info('>')} ${event.title}${note}`);
  } else if (event.phase === 'doing' && event.note) {
    terminal.say(`  ${event.note}`);
  } else if (event.phase === 'done') {
    terminal.say(`${err.good('✔')} ${event.title}  ${err.dim(`${Math.round(event.ms)} ms`)}`);
    for (const command of event.commands) terminal.say(`    ${err.dim(command)}`);
  } else if (event.phase === 'undone') {
    terminal.say(`${err.warning('↩')} ${event.title}: undone`);
  } else if (event.phase === 'failed') {
    terminal.say(`${err.error('✖')} ${event.title}${note}`);
  }
}

function render(terminal: Terminal, result: DeployResult): void {
  const { out } = terminal;
  if (result.dryRun) {
    const commands = result.steps.flatMap((step) => step.commands);
    for (const command of commands) terminal.print(command);
    if (commands.length === 0) terminal.print('nothing to do: everything is up to date');
    return;
  }
  if (result.probe) renderProbe(terminal, result.probe);
  if (result.file) terminal.print(`commands written to ${result.file}`);
  if (result.url === undefined) return;
  terminal.print(out.url(result.url));
  if (result.exit !== 'done') return;
  const time = seconds(result.ms);
  terminal.print(result.changed ? `From zero to divine in ${time}` : `nothing to do: it is live (checked in ${time})`);
}

/** The requests of a browser, with their times. */
function renderProbe(terminal: Terminal, probe: ProbeReport): void {
  const { out } = terminal;
  for (const step of probe.steps) {
    const mark = step.ok ? out.good('✔') : out.error('✖');
    terminal.print(
      `${mark} ${printable(step.title).padEnd(28)} ${`${Math.round(step.ms)} ms`.padStart(8)}  ${step.seen}`,
    );
    if (step.note) terminal.print(`    note: ${step.note}`);
    if (step.why) terminal.print(`    ${step.why}`);
    if (step.next) terminal.print(`    next: ${step.next}`);
  }
}
