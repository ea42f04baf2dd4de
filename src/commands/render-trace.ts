import path from 'node:path';
import type { Terminal } from '../terminal/index.js';
import type { Trace, TraceStep } from '../trace/index.js';

/** The ladder: a rung for each decision, pointing at file:line. */
export function renderTrace(terminal: Terminal, trace: Trace): void {
  const { out } = terminal;
  terminal.print(out.strong(`${trace.method} ${trace.url}`));
  for (const step of trace.steps) renderStep(terminal, step);
  const { kind, status, subStatus, location, url, handler, script, message, file, line } = trace.outcome;
  const code = status === undefined ? '' : ` ${status}${subStatus ? `.${subStatus}` : ''}`;
  const paint = kind === 'error' || kind === 'abort' ? out.error : out.good;
  const what = {
    handler: `${handler ?? ''} ${script ?? ''}`,
    redirect: location ?? '',
    error: message ?? '',
    abort: '',
  }[kind];
  terminal.print(`${paint('=>')} ${out.strong(`${kind}${code}`)}  ${what.trim()}${placeOf(file, line, out.dim)}`);
  if (kind === 'handler') terminal.print(`   ${out.dim(`as ${url}`)}`);
}

function renderStep(terminal: Terminal, step: TraceStep): void {
  const { out } = terminal;
  const mark = step.matched === undefined ? ' ' : step.matched ? out.good('+') : out.dim('-');
  const name = step.rule === undefined ? '' : ` ${out.strong(step.rule)}`;
  const test = step.pattern === undefined ? (step.input ?? '') : `${step.input ?? ''} ~ ${step.pattern}`;
  const result = step.result === undefined ? '' : ` ${out.info('->')} ${step.result}`;
  terminal.print(
    `${mark} ${step.stage.padEnd(18)}${name} ${out.dim(test)}${result}${placeOf(step.file, step.line, out.dim)}`,
  );
  for (const condition of step.conditions ?? []) {
    const verdict = condition.matched ? out.good('+') : out.dim('-');
    const test = `${condition.input} = ${condition.expanded} ${condition.negate ? 'not ' : ''}${condition.matchType} ${condition.pattern ?? ''}`;
    terminal.print(`    ${verdict} if ${out.dim(test.trim())}`);
  }
  if (step.captures && step.captures.length > 1) {
    terminal.print(`    ${out.dim(step.captures.map((text, index) => `{R:${index}}=${text}`).join(' '))}`);
  }
  if (step.note) terminal.print(`    ${step.note}`);
}

function placeOf(file: string | undefined, line: number | undefined, dim: (text: string) => string): string {
  if (file === undefined) return '';
  const near = path.relative(process.cwd(), file);
  return `  ${dim(`${near.startsWith('..') ? file : near}${line ? `:${line}` : ''}`)}`;
}
