import path from 'node:path';
import type { Colours, Terminal } from '../terminal/index.js';
import type { Trace, TraceCondition, TraceOutcome, TraceStage, TraceStep } from '../trace/index.js';

/** Prints the ladder: a rung for each decision, pointing at file:line, and the outcome at its foot. */
export function renderTrace(terminal: Terminal, trace: Trace, cwd = process.cwd()): void {
  terminal.print(ladder(trace, terminal.out, cwd).join('\n'));
}

/** The ladder's lines. Marks carry the meaning; colour only repeats it. */
export function ladder(trace: Trace, colours: Colours, cwd: string): readonly string[] {
  const view: View = { colours, cwd };
  const rungs = trace.steps.flatMap((step, index) => {
    const isFirst = trace.steps[index - 1]?.stage !== step.stage;
    const label = isFirst ? labels[step.stage] : '';
    return rungOf(step, view).map((line, row) => `${colours.info((row === 0 ? label : '').padEnd(width))}${line}`);
  });
  return [colours.strong(`${trace.method} ${trace.url}`), '', ...rungs, '', ...outcomeOf(trace.outcome, view)];
}

interface View {
  readonly colours: Colours;
  /** Files below it are shown relative to it. */
  readonly cwd: string;
}

const labels: Readonly<Record<TraceStage, string>> = {
  url: 'URL',
  site: 'site',
  configuration: 'configuration',
  'global-rewrite': 'global rules',
  'request-filtering': 'request filtering',
  rewrite: 'rewrite rules',
  'http-redirect': 'HTTP redirect',
  handler: 'handler',
  websocket: 'WebSocket',
  iisnode: 'iisnode',
  'static-file': 'static file',
  'default-document': 'default document',
  directory: 'directory listing',
  'http-errors': 'error pages',
  'outbound-rewrite': 'outbound rules',
};
const width = Math.max(...Object.values(labels).map(({ length }) => length)) + 2;

/** Stages where `matched` means that the request ends badly. */
const refusals: readonly TraceStage[] = ['request-filtering', 'websocket'];

function rungOf(step: TraceStep, view: View): readonly string[] {
  const { colours } = view;
  const head = `${markOf(step, colours)}${titleOf(step, view)}${placeOf(step, view)}`;
  const [first = '', ...more] = detailsOf(step, view);
  // What was passed over is one line: a site has many rules and handlers, and they are not what is looked for.
  const isShort = step.rule !== undefined && step.matched !== true && more.length === 0;
  if (isShort && first !== '') return [`${head}  ${colours.dim(first)}`];
  return [head, ...[first, ...more].filter((line) => line !== '').map((line) => `    ${line}`)];
}

function markOf({ stage, matched }: TraceStep, { good, error, dim }: Colours): string {
  if (stage === 'configuration') return matched === false ? `${error('✖')} ` : '';
  if (matched === undefined) return '';
  if (refusals.includes(stage)) return matched ? `${error('✖')} ` : `${good('✔')} `;
  return matched ? `${good('✔')} ` : `${dim('-')} `;
}

/** What the rung is about: the rule's or mapping's name, or what was looked at. */
function titleOf(step: TraceStep, view: View): string {
  const { colours } = view;
  const { stage, rule, input = '', result = '', note = '', matched } = step;
  if (rule !== undefined) return matched === false ? rule : colours.strong(rule);
  switch (stage) {
    case 'url':
      return input === result || result === '' ? input : `${input} ${colours.dim('is')} ${result}`;
    case 'site':
      return nearPath(result, view);
    case 'iisnode':
      return result === '' ? nearPath(input, view) : `node sees ${colours.strong(result)}`;
    case 'static-file':
      return `${nearPath(input, view)}${result === '' ? '' : `  ${result}`}`;
    case 'request-filtering':
    case 'websocket':
    case 'configuration':
    case 'directory':
      return note;
    case 'http-errors':
      return result === '' ? note : `${note}: ${result}`;
    default:
      return nearPath([input, result].filter((text) => text !== '').join(' -> ') || note, view);
  }
}

/** Notes that the test itself says already. */
const saysTheTest: readonly string[] = ['the pattern does not match', 'the negated pattern matches'];

function detailsOf(step: TraceStep, view: View): readonly string[] {
  const { colours } = view;
  const { stage, rule, note = '', matched } = step;
  if (rule === undefined) {
    const said = ['request-filtering', 'websocket', 'configuration', 'directory', 'http-errors'].includes(stage);
    const isScript = stage === 'iisnode' && step.result !== undefined && step.input !== undefined;
    return [...(isScript ? [`script ${nearPath(step.input ?? '', view)}`] : []), ...(note && !said ? [note] : [])];
  }
  if (stage === 'outbound-rewrite') return outboundDetails(step, colours);
  if (stage === 'handler' && matched === false) return [note];
  const test = testOf(step);
  if (matched !== true && (step.conditions ?? []).length === 0) {
    return [[test, saysTheTest.includes(note) ? '' : note].filter((text) => text !== '').join('; ')];
  }
  return [
    test,
    ...capturesOf(step, colours),
    ...(step.conditions ?? []).map((condition) => conditionOf(condition, view)),
    ...(step.result === undefined ? [] : [`${colours.info('->')} ${colours.strong(step.result)}`]),
    ...(note ? [note] : []),
  ];
}

/** `"socket.io/" matches ^socket\.io(/|$)`: what the pattern was tested against, and what came of it. */
function testOf({ stage, input, pattern, negate, matched, verdict, note }: TraceStep): string {
  if (input === undefined) return '';
  const quoted = JSON.stringify(input);
  if (verdict === 'not-matched' && !saysTheTest.includes(note ?? '')) return `${quoted} against ${pattern ?? ''}`;
  if (pattern === undefined) return `${quoted}: a rule without a pattern takes everything`;
  const isTaken = stage === 'handler' ? matched === true : verdict === 'applied' || verdict === 'condition-failed';
  const verb = isTaken === (negate === true) ? 'does not match' : 'matches';
  return `${quoted} ${verb} ${pattern}${negate === true ? ' (negated)' : ''}`;
}

function capturesOf({ stage, captures = [] }: TraceStep, { dim }: Colours): readonly string[] {
  if (stage === 'handler' || captures.length < 2) return [];
  return [dim(captures.map((text, index) => `{R:${index}} = ${JSON.stringify(text)}`).join('   '))];
}

function conditionOf(condition: TraceCondition, view: View): string {
  const { colours } = view;
  const { input, expanded, matchType, pattern, negate, matched } = condition;
  const mark = matched ? colours.good('✔') : colours.error('✖');
  const value = matchType === 'Pattern' ? JSON.stringify(expanded) : nearPath(expanded, view);
  const shown = input === expanded || input === '' ? value : `${input} = ${value}`;
  const holds = matched !== negate;
  if (matchType === 'IsFile') return `${mark} ${shown} is ${holds ? 'a' : 'no'} file${negate ? ' (negated)' : ''}`;
  if (matchType === 'IsDirectory') {
    return `${mark} ${shown} is ${holds ? 'a' : 'no'} directory${negate ? ' (negated)' : ''}`;
  }
  const verb = holds ? 'matches' : 'does not match';
  return `${mark} ${shown} ${verb} ${pattern ?? ''}${negate ? ' (negated)' : ''}`;
}

function outboundDetails({ note, pattern, result }: TraceStep, { dim }: Colours): readonly string[] {
  const change = result === undefined ? '' : `${pattern ?? 'all of it'} -> ${result || '(nothing)'}`;
  return [note ?? '', ...(change === '' ? [] : [dim(change)])];
}

function outcomeOf(outcome: TraceOutcome, view: View): readonly string[] {
  const { colours } = view;
  const { kind, status, subStatus, location, url, handler, modules = [], script, message } = outcome;
  const code = status === undefined ? '' : ` ${status}${subStatus === undefined ? '' : `.${subStatus}`}`;
  const isBad = kind === 'error' || kind === 'abort' || message !== undefined;
  const paint = isBad ? colours.error : colours.good;
  const by = handler === undefined ? modules.join(', ') : `${handler} (${modules.join(', ')})`;
  const says = {
    handler: [by, script === undefined ? '' : nearPath(script, view)].filter((text) => text !== '').join(' runs '),
    redirect: `to ${location ?? ''}`,
    error: message ?? '',
    abort: 'the connection is dropped without an answer',
  }[kind];
  const runs = modules.includes('iisnode') ? says : says.replace(' runs ', ' sends ');
  const lines = [`${paint(isBad ? '✖' : '✔')} ${colours.strong(`${kind}${code}`)}  ${runs}${placeOf(outcome, view)}`];
  if (kind === 'handler' && message !== undefined) lines.push(`    ${message}`);
  if (kind === 'handler') lines.push(`    ${colours.dim(`URL after rewriting: ${url}`)}`);
  return lines;
}

function placeOf({ file, line }: { readonly file?: string; readonly line?: number }, view: View): string {
  if (file === undefined) return '';
  return `  ${view.colours.dim(`${nearPath(file, view)}${line ? `:${line}` : ''}`)}`;
}

/** Paths below the current folder without it. */
function nearPath(text: string, { cwd }: View): string {
  return text.replaceAll(cwd.endsWith(path.sep) ? cwd : cwd + path.sep, '');
}
