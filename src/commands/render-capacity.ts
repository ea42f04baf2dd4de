import path from 'node:path';
import type { CapacityComparison, CapacityPlan, CapacitySetting, Division } from '../capacity/index.js';
import type { Terminal } from '../terminal/index.js';

const some = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;
const rounded = (count: number): number => (count < 10 ? Math.round(count * 10) / 10 : Math.round(count));
const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1_000_000)} MB`;

/** Prints a capacity plan: the shares, what is needed, what to copy, and why. */
export function renderCapacity(
  terminal: Terminal,
  plan: CapacityPlan,
  comparison: CapacityComparison | undefined,
  cwd: string,
): void {
  summary(terminal, plan);
  if (comparison) changes(terminal, comparison, cwd);
  else if (plan.enough) webConfig(terminal, plan);
  if (plan.enough) {
    server(terminal, plan);
    reasons(terminal, plan);
  }
  terminal.print();
  terminal.print(terminal.out.dim(`Assumptions: ${plan.assumptions.join('; ')}.`));
}

function summary(terminal: Terminal, plan: CapacityPlan): void {
  const { print, out } = terminal;
  const { enough, load } = plan;
  const viewers = some(plan.viewers, 'viewer', 'viewers');
  print(out.strong(`${viewers} over ${plan.transports.join(' and ')}`));
  print(`  ${sharedOver(plan)}`);
  for (const fault of plan.faults) print(`${out.error('✖')} ${fault}`);
  if (!enough || !load) return;
  if (!plan.fits) {
    print();
    print(out.strong(`with ${sharedOver(enough)}`));
  }
  print(
    `  per process: ${Math.ceil(load.processorShare * 100)} % of a processor, ${megabytes(load.memoryPerProcess)}, ` +
      `${some(rounded(load.messagesPerSecond), 'message', 'messages')}/s; all reconnected ${load.secondsToReconnect.toFixed(1)} s after a recycle`,
  );
  print(
    `  per machine: ${some(enough.viewersPerMachine, 'viewer', 'viewers')}, ${megabytes(load.memoryPerMachine)} for node`,
  );
  print();
  for (const { name, needed, why } of plan.needs) {
    print(`  ${`${name}:`.padEnd(18)}${needed ? out.warning('yes') : 'no '}  ${out.dim(why)}`);
  }
}

function sharedOver({ machines, processes, viewersPerProcess }: Division): string {
  const each = machines > 1 ? 'machines, each with' : 'machine with';
  const viewers = some(viewersPerProcess, 'viewer', 'viewers');
  return `${machines} ${each} ${some(processes, 'node process', 'node processes')}; ${viewers} per process`;
}

const of = ({ settings }: CapacityPlan, where: CapacitySetting['where']): readonly CapacitySetting[] =>
  settings.filter((setting) => setting.where === where);

function webConfig({ print, out }: Terminal, plan: CapacityPlan): void {
  print();
  print(out.strong('web.config, in system.webServer'));
  print('  <iisnode');
  for (const { text } of of(plan, 'web.config')) print(`    ${text}`);
  print('  />');
  const rest = plan.byHand.length === 0 ? '' : `  ${out.dim('and set by hand:')} ${plan.byHand.join(' ')}`;
  print(`  ${out.dim('or:')} ${plan.init}${rest}`);
}

function changes(
  { print, out }: Terminal,
  { directory, changes: all, carries }: CapacityComparison,
  cwd: string,
): void {
  print();
  print(out.strong(path.relative(cwd, directory) || '.') + (carries ? ' can serve them' : ' cannot serve them'));
  for (const { name, now, wanted, isRight, isNeeded, from, file, line } of all) {
    const at = file === undefined ? from : `${path.relative(cwd, file)}:${line}`;
    const mark = isRight ? out.good('✔') : isNeeded ? out.error('✖') : out.warning('!');
    const said = isRight ? now : `${now}, ${isNeeded ? 'must' : 'should'} be ${wanted}`;
    print(`  ${mark} ${name}: ${said}  ${out.dim(at)}`);
  }
}

function server({ print, out }: Terminal, plan: CapacityPlan): void {
  print();
  print(out.strong('on the server (--pool names the application pool)'));
  for (const { text } of of(plan, 'server')) print(`  ${text}`);
}

function reasons({ print, out }: Terminal, plan: CapacityPlan): void {
  print();
  print(out.strong('why'));
  const beyond = plan.limits.filter(({ ok }) => !ok);
  for (const { name, value, why, source } of plan.settings) {
    const number = /^\d+$/.test(value) ? ` ${value}` : '';
    print(
      `  ${name}${number}: ${why} ${out.dim(`[${source.startsWith('measured') ? 'measured, see below' : source}]`)}`,
    );
  }
  for (const { name, limit, need, said, source } of beyond) {
    print(`  ${out.warning('!')} ${name}: ${need} against ${limit}; ${said} ${out.dim(`[${source}]`)}`);
  }
}
