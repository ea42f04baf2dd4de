import type { DeployEvent, DeployResult } from '../deploy/index.js';
import { printable } from '../printable.js';
import type { ProbeReport } from '../probe/index.js';
import { quoteForShell } from '../quoting.js';
import type { Terminal } from '../terminal/index.js';
import { typedCommand } from '../typed-command.js';
import { seconds } from './duration.js';

/** One progress event. */
export function printEvent(terminal: Terminal, event: DeployEvent, dryRun: boolean): void {
  const { err } = terminal;
  const note = event.note ? `  ${err.dim(event.note)}` : '';
  if (event.step === 'record-deployment' && event.phase !== 'failed') return; // our own bookkeeping
  if (event.step === 'take-over') {
    terminal.say(`${err.warning('!')} ${event.title}${note}`);
  } else if (event.phase === 'looked' && event.commands.length === 0) {
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

/** @param done the last line, when something was changed. */
export function renderDeployment(terminal: Terminal, result: DeployResult, done: (time: string) => string): void {
  const { out } = terminal;
  if (result.dryRun) {
    const commands = result.steps.flatMap((step) => step.commands);
    for (const command of commands) terminal.print(command);
    if (commands.length === 0) terminal.print('nothing to do: everything is up to date');
    return;
  }
  if (result.probe) renderProbe(terminal, result.probe);
  if (result.azure !== undefined) terminal.say(terminal.err.dim(azureLine(result.azure)));
  else if (result.plan.release !== undefined || result.url !== undefined)
    terminal.say(terminal.err.dim(servedLine(result)));
  if (result.file !== undefined) printFile(terminal, result, result.file);
  if (result.url === undefined) return;
  terminal.print(out.url(result.url));
  if (result.exit !== 'done') return;
  const time = seconds(result.ms);
  if (result.azure?.next !== undefined) {
    terminal.print(`deployed to the slot in ${time}; it is not live yet`);
    terminal.print(`next: ${result.azure.next}`);
    return;
  }
  if (result.changed) terminal.print(done(time));
  else if (result.probe === undefined) terminal.print('nothing to do; not checked (--no-verify)');
  else terminal.print(`nothing to do: it is live (checked in ${time})`);
}

/** The requests of a browser, with their times. */
export function renderProbe(terminal: Terminal, probe: ProbeReport): void {
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

/** Where the file is, and how a package gets to App Service (deploying.md 2.1). */
function printFile(terminal: Terminal, { target, changed, plan }: DeployResult, file: string): void {
  if (target !== 'zip') {
    terminal.print(`commands written to ${file}`);
    return;
  }
  terminal.print(changed ? `package written to ${file}` : `nothing to do: ${file} is up to date`);
  const { vdirPath, directory } = plan;
  if (vdirPath !== '/')
    terminal.print(
      `note: the app is configured for ${vdirPath}: App Service needs a virtual application of that path for site\\wwwroot; or: ${typedCommand(['init', directory, '--path', '/'])}`,
    );
  const push = 'az webapp deploy --resource-group GROUP --name APP --type zip --src-path';
  // GROUP and APP are the user's to fill in: a line of `next:` is pasted as it stands.
  terminal.print(`fill in: ${push} ${quoteForShell(file)}`);
}

/** What App Service has of it. */
function azureLine({ app, slot, deployment, swapped }: NonNullable<DeployResult['azure']>): string {
  const place = slot === undefined ? app : `the slot ${slot} of ${app}${swapped ? ', swapped with production' : ''}`;
  return deployment === undefined ? `${place} has this package already` : `deployment ${deployment} of ${place}`;
}

/** Which folder IIS serves. */
function servedLine({ plan: { directory, release } }: DeployResult): string {
  if (release === undefined)
    return `in place: IIS serves ${directory} itself (--releases serves a copy, and lets you roll back)`;
  // What came from another machine has no folder on the server.
  const list =
    release.source === release.base
      ? 'the command releases, with the same --to,'
      : typedCommand(['releases', release.source]);
  return `release ${release.id}, ${directory} (${list} lists those that are kept)`;
}
