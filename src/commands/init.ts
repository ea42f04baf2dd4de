import path from 'node:path';
import { exitCodes } from '../exit-codes.js';
import {
  type InitEvent,
  type InitFinding,
  type InitOptions,
  type InitResult,
  type InitTalk,
  init as initApp,
  isAdvice,
} from '../scaffold/index.js';
import { ask, intro, outro, startTask, type Task, type Terminal } from '../terminal/index.js';
import type { Command, CommandContext, CommonOptions } from './context.js';
import { renderDiff } from './diff.js';
import { seconds } from './duration.js';
import { fileLines } from './init-files.js';
import { lasting } from './lasting.js';
import { type Answer, withoutQuestions } from './without-questions.js';

interface InitCommandOptions
  extends CommonOptions,
    Omit<InitOptions, 'directory' | 'isFolderOpen' | 'environment' | 'signal'> {
  readonly yes?: boolean;
}

/** `init [dir]` */
export const init: Command<InitCommandOptions> = async ([dir], options, context) => {
  const { terminal, words, cwd, signal } = context;
  const { yes = false, ci } = options;
  const { printEvent, stop } = eventPrinter(terminal);
  let isAsked = false;
  const answers: Answer[] = [];
  const { checkPlannedApp } = await import('../doctor/index.js'); // loaded here: not needed for a wrong command line
  const talk: InitTalk = {
    interactive: terminal.interactive && !yes,
    begin: () => {
      isAsked = true;
      return intro(terminal, 'A new socket.io app for IIS');
    },
    ask: async ({ flag, ...question }) => {
      const text = await ask(terminal, { ...question, flag: typedFor(flag) }, signal);
      answers.push({ flag, text });
      return text;
    },
    event: printEvent,
  };
  const targets = ci === undefined ? undefined : (await import('../deploy/index.js')).readTargets;
  const result = await lasting(
    terminal,
    `reading ${dir === undefined || dir === '.' ? 'this folder' : dir}`,
    () => initApp(optionsFor(dir, options, context), talk, checkPlannedApp, targets),
    { onlyWhileReading: true },
  ).finally(stop);
  render(terminal, result, cwd);
  if (answers.length > 0) {
    terminal.say('The same without a question:');
    terminal.say(`  ${withoutQuestions(words, answers)}`);
  }
  if (isAsked) await outro(terminal, ending(result, cwd));
  terminal.document(result);
  return exitCodes.done.code;
};

function optionsFor(
  dir: string | undefined,
  options: InitCommandOptions,
  { cwd, environment, signal }: CommandContext,
): InitOptions {
  const { path: vdirPath, template, entry, loader, module, replaceHandler, processes, adapter, transports } = options;
  const { allowEio3, typescript, install, force, dryRun, ci, to } = options;
  return {
    directory: path.resolve(cwd, dir ?? '.'),
    isFolderOpen: dir === undefined,
    template,
    path: vdirPath,
    entry,
    loader,
    module,
    replaceHandler,
    processes,
    adapter,
    transports,
    static: options.static,
    allowEio3,
    typescript,
    ci,
    to,
    install,
    force,
    dryRun,
    environment: environment as NodeJS.ProcessEnv,
    signal,
  };
}

/** What answers a question on the command line. */
function typedFor(flag: string): string {
  if (flag === 'dir') return 'init NAME';
  return /^--(yes|replace-handler|typescript)$/.test(flag) ? flag : `${flag} ...`;
}

/** The last line for a new app. */
function ending({ dryRun, nothingToDo, directory }: InitResult, cwd: string): string {
  if (dryRun) return 'Nothing was written, because of --dry-run.';
  const where = path.relative(cwd, directory) || 'this folder';
  return nothingToDo ? `The app in ${where} was complete.` : `The app is in ${where}. The commands above come next.`;
}

interface EventPrinter {
  readonly printEvent: (event: InitEvent) => void;
  /** A running task would keep the process alive. */
  readonly stop: () => void;
}

/** Shows the progress. */
function eventPrinter(terminal: Terminal): EventPrinter {
  let task: Task | undefined;
  const printEvent = (event: InitEvent): void => {
    if (event.kind === 'planned' && event.plan.diff !== '') {
      terminal.sayText(renderDiff(event.plan.diff, terminal.err));
    } else if (event.kind === 'installing' || event.kind === 'building') {
      task = startTask(terminal, event.command);
    } else if (event.kind === 'fetched') {
      task?.update(`npm install: ${event.count} fetched`);
    } else if (event.kind === 'installed' || event.kind === 'built') {
      task?.done(`${event.kind === 'installed' ? 'npm install' : 'npm run build'}  ${seconds(event.ms)}`);
      task = undefined;
    }
  };
  return { printEvent, stop: () => task?.failed() };
}

function render(terminal: Terminal, result: InitResult, cwd: string): void {
  const { out } = terminal;
  const where = path.relative(cwd, result.directory) || '.';
  if (result.nothingToDo) {
    terminal.print(nothingWritten(result, where));
  } else {
    const done = result.kind === 'scaffolded' ? 'Scaffolded' : 'Adopted';
    terminal.print(
      `${result.dryRun ? 'Would have ' : ''}${result.dryRun ? done.toLowerCase() : done} ${where} for ${result.vdirPath}`,
    );
    for (const line of fileLines(result.files, out.dim)) terminal.print(`  ${line}`);
    for (const change of result.changes) terminal.print(`  ${out.dim('web.config:')} ${change}`);
  }
  for (const { says, file, line } of result.loader?.reasons ?? []) {
    const place = file === undefined ? '' : `: ${file}${line === undefined ? '' : `:${line}`}`;
    terminal.print(`  ${out.dim(result.loader?.used ? 'loader:' : 'without the loader:')} ${says}${place}`);
  }
  for (const note of result.notes) terminal.print(`${out.warning('warning')} ${note}`);
  renderFindings(terminal, result.findings, cwd);
  if (result.dryRun) return;
  // A command has its line to itself, so that it can be copied as it stands.
  for (const { command, why } of result.nextSteps) {
    terminal.print(`next: ${out.strong(command)}`);
    terminal.print(`  ${out.dim(why)}`);
  }
}

/** No file had to be changed; changes needed in the code are listed below this line. */
function nothingWritten({ advice, warnings }: InitResult, where: string): string {
  const count = advice.length;
  if (count > 0) {
    return `${where}: web.config is complete; ${count === 1 ? '1 change' : `${count} changes`} to make in the code:`;
  }
  return warnings.length === 0
    ? `nothing to do: ${where} is complete`
    : `nothing to do: the files of ${where} are complete`;
}

/** What is to change in the code comes last, the shortest line first; a reason and a fix are said once for what follows. */
function renderFindings(terminal: Terminal, findings: readonly InitFinding[], cwd: string): void {
  const length = (finding: InitFinding): number => (isAdvice(finding) ? (finding.evidence?.trim().length ?? 0) : -1);
  let before: InitFinding | undefined;
  for (const finding of [...findings].sort((a, b) => length(a) - length(b))) {
    renderFinding(terminal, finding, before, cwd);
    before = finding;
  }
}

function renderFinding(
  { print, out }: Terminal,
  finding: InitFinding,
  before: InitFinding | undefined,
  cwd: string,
): void {
  const { rule, severity, message, why, fix, file, line, evidence = '' } = finding;
  const other = severity === 'info' ? out.info('note') : out.warning('warning');
  const word = isAdvice(finding) ? out.warning('change') : other;
  print(`${word} ${message}  ${out.dim(rule)}`);
  if (file !== undefined) print(`    ${path.relative(cwd, file)}:${line}  ${out.dim(evidence.trim())}`);
  if (why !== before?.why) print(`    ${why}`);
  if (fix !== undefined && fix !== before?.fix) print(`    ${out.info('->')} ${fix}`);
}
