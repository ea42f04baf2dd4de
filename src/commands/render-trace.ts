import path from 'node:path';
import { type Colours, type Terminal, wrapped } from '../terminal/index.js';
import type { StageName, Step, StepCondition, Trace, TraceOutcome } from '../trace/index.js';

/** Prints a list: a line for each decision with file:line, and the outcome at the end; on a terminal in its width. */
export function renderTrace(terminal: Terminal, trace: Trace, cwd: string): void {
  const { columns, out } = terminal;
  for (const line of renderSteps(trace, out, cwd)) {
    const lines = columns === undefined ? [line] : wrapped(line, columns);
    // In one text a colour goes on in the next line.
    if (lines.length === 1) terminal.print(line);
    else terminal.printText(`${lines.join('\n')}\n`);
  }
}

/** The lines of the list. The marks are complete without colours. */
export function renderSteps(trace: Trace, colours: Colours, cwd: string): readonly string[] {
  const view: View = { colours, cwd };
  const rungs = trace.steps.flatMap((step, index) => {
    const isFirst = trace.steps[index - 1]?.stage !== step.stage;
    const label = isFirst ? labels[step.stage] : '';
    return renderStep(step, view).map((line, row) => `${colours.info((row === 0 ? label : '').padEnd(width))}${line}`);
  });
  const title = colours.strong(short(`${trace.method} ${trace.url}`));
  return [title, '', ...rungs, '', ...outcomeOf(trace, view)];
}

interface View {
  readonly colours: Colours;
  /** Files below this folder are shown relative to it. */
  readonly cwd: string;
}

const labels: Readonly<Record<StageName, string>> = {
  url: 'URL',
  site: 'site',
  configuration: 'configuration',
  'global-rewrite': 'global rules',
  'request-filtering': 'request filtering',
  rewrite: 'rewrite rules',
  'http-redirect': 'HTTP redirect',
  authentication: 'authentication',
  authorization: 'authorization',
  proxy: 'reverse proxy',
  handler: 'handler',
  websocket: 'WebSocket',
  iisnode: 'iisnode',
  'http-platform': 'HttpPlatform',
  'static-file': 'static file',
  'default-document': 'default document',
  directory: 'directory listing',
  'http-errors': 'error pages',
  'outbound-rewrite': 'outbound rules',
  compression: 'compression',
};
const width = Math.max(...Object.values(labels).map(({ length }) => length)) + 2;

/** Stages where `matched` means that the request ends badly. */
const refusals: readonly StageName[] = ['request-filtering', 'websocket'];

function renderStep(step: Step, view: View): readonly string[] {
  const { colours } = view;
  const head = `${markOf(step, colours)}${titleOf(step, view)}${shownPlace(step, view)}`;
  const [first = '', ...more] = detailsOf(step, view);
  // What did not match is one line: a site has many rules and handlers, and most of them do not matter here.
  const isShort = step.rule !== undefined && step.matched !== true && more.length === 0;
  if (isShort && first !== '') return [`${head}  ${colours.dim(first)}`];
  return [head, ...[first, ...more].filter((line) => line !== '').map((line) => `    ${line}`)];
}

function markOf({ stage, matched }: Step, { good, error, dim }: Colours): string {
  if (stage === 'configuration') return matched === false ? `${error('✖')} ` : '';
  if (matched === undefined) return '';
  if (refusals.includes(stage)) return matched ? `${error('✖')} ` : `${good('✔')} `;
  return matched ? `${good('✔')} ` : `${dim('-')} `;
}

/** The subject of the line: the name of the rule or mapping, or the input that was tested. */
function titleOf(step: Step, view: View): string {
  const { colours } = view;
  const { stage, rule, input = '', result = '', note = '', matched } = step;
  if (rule !== undefined) return matched === false ? rule : colours.strong(rule);
  switch (stage) {
    case 'url':
      return input === result || result === '' ? short(input) : `${short(input)} ${colours.dim('is')} ${short(result)}`;
    case 'site':
      return shortenPaths(result || note, view);
    case 'iisnode':
    case 'http-platform':
      if (result === '') return shortenPaths(input || note, view);
      return `node sees ${colours.strong(short(result))}`;
    case 'static-file':
      return `${shortenPaths(input, view)}${result === '' ? '' : `  ${result}`}`;
    case 'request-filtering':
    case 'websocket':
    case 'configuration':
    case 'directory':
      return shortenPaths(note, view);
    case 'http-errors':
      return result === '' ? note : `${note}: ${result}`;
    default:
      return shortenPaths([input, result].filter((text) => text !== '').join(' -> ') || note, view);
  }
}

/** Notes that repeat the text of the test. */
const notesShownByTest: readonly string[] = ['the pattern does not match', 'the negated pattern matches'];

function detailsOf(step: Step, view: View): readonly string[] {
  const { colours } = view;
  const { stage, rule, note = '', matched } = step;
  if (rule === undefined) {
    const said =
      ['request-filtering', 'websocket', 'configuration', 'directory', 'http-errors'].includes(stage) ||
      (step.input === undefined && step.result === undefined);
    const isScript = step.result !== undefined && step.input !== undefined;
    const started = isScript && stage === 'iisnode' ? 'script' : isScript && stage === 'http-platform' ? 'starts' : '';
    return [
      ...(started !== '' ? [`${started} ${shortenPaths(step.input ?? '', view)}`] : []),
      ...(note && !said ? [shortenPaths(note, view)] : []),
    ];
  }
  if (stage === 'outbound-rewrite') return outboundDetails(step, colours);
  if (stage === 'handler' && matched === false) return [short(note)];
  const test = testOf(step);
  if (matched !== true && (step.conditions ?? []).length === 0) {
    return [[test, notesShownByTest.includes(note) ? '' : note].filter((text) => text !== '').join('; ')];
  }
  return [
    test,
    ...capturesOf(step, colours),
    ...(step.conditions ?? []).map((condition) => conditionOf(condition, view)),
    ...(step.result === undefined ? [] : [`${colours.info('->')} ${colours.strong(short(step.result))}`]),
    ...(note ? [note] : []),
  ];
}

/** `"socket.io/" matches ^socket\.io(/|$)`: the pattern, its input, and the result. */
function testOf({ stage, input, pattern, negate, matched, verdict, note }: Step): string {
  if (input === undefined) return '';
  const quoted = short(JSON.stringify(input));
  if (verdict === 'not-matched' && !notesShownByTest.includes(note ?? '')) return `${quoted} against ${pattern ?? ''}`;
  if (pattern === undefined) return `${quoted}: a rule without a pattern matches everything`;
  const isTaken = stage === 'handler' ? matched === true : verdict === 'applied' || verdict === 'condition-failed';
  const verb = isTaken === (negate === true) ? 'does not match' : 'matches';
  return `${quoted} ${verb} ${pattern}${negate === true ? ' (negated)' : ''}`;
}

function capturesOf({ stage, captures = [] }: Step, { dim }: Colours): readonly string[] {
  if (stage === 'handler' || captures.length < 2) return [];
  return [dim(captures.map((text, index) => `{R:${index}} = ${short(JSON.stringify(text))}`).join('   '))];
}

function conditionOf(condition: StepCondition, view: View): string {
  const { colours } = view;
  const { input, expanded, matchType, pattern, negate, matched } = condition;
  const mark = matched ? colours.good('✔') : colours.error('✖');
  const value = short(matchType === 'Pattern' ? JSON.stringify(expanded) : shortenPaths(expanded, view));
  const shown = input === expanded || input === '' ? value : `${input} = ${value}`;
  const holds = matched !== negate;
  if (matchType === 'IsFile') return `${mark} ${shown} is ${holds ? 'a' : 'no'} file${negate ? ' (negated)' : ''}`;
  if (matchType === 'IsDirectory') {
    return `${mark} ${shown} is ${holds ? 'a' : 'no'} directory${negate ? ' (negated)' : ''}`;
  }
  const verb = holds ? 'matches' : 'does not match';
  return `${mark} ${shown} ${verb} ${pattern ?? ''}${negate ? ' (negated)' : ''}`;
}

function outboundDetails({ note, pattern, result }: Step, { dim }: Colours): readonly string[] {
  const change = result === undefined ? '' : `${pattern ?? 'all of it'} -> ${result || '(nothing)'}`;
  return [note ?? '', ...(change === '' ? [] : [dim(change)])];
}

function outcomeOf(trace: Trace, view: View): readonly string[] {
  const { colours } = view;
  const { outcome } = trace;
  const { kind, status, subStatus, url, message } = outcome;
  const code = status === undefined ? '' : ` ${status}${subStatus === undefined ? '' : `.${subStatus}`}`;
  const isBad = kind === 'error' || kind === 'abort' || message !== undefined;
  const paint = isBad ? colours.error : colours.good;
  const said = `${colours.strong(`${kind}${code}`)}  ${outcomeText(outcome, view)}${shownPlace(outcome, view)}`;
  const more = [
    kind === 'handler' ? (message ?? '') : '',
    kind === 'handler' && url !== trace.steps[0]?.result ? colours.dim(`URL after rewriting: ${short(url)}`) : '',
    outsideNote(trace) || noteOnMissingRule(trace),
    outcome.page === undefined
      ? ''
      : `The client gets the answer of ${outcome.page.url}: ${outcomeText(outcome.page, view)}`,
    redirectNote(trace),
  ];
  return [`${paint(isBad ? '✖' : '✔')} ${said}`, ...more.filter((line) => line !== '').map((line) => `    ${line}`)];
}

/** `iisnode runs dante/server.js`, `to /elsewhere`, or what is wrong. */
function outcomeText(
  { kind, status, handler, modules = [], script, location, message }: TraceOutcome,
  view: View,
): string {
  if (kind === 'redirect') return `to ${short(location ?? '')}`;
  if (kind === 'abort') return 'the connection is dropped without an answer';
  if (kind === 'error') return shortenPaths(message ?? '', view);
  const isPlatform = modules.includes('httpPlatformHandler');
  const isNode = isPlatform || modules.includes('iisnode');
  const name = isPlatform ? 'httpPlatformHandler' : 'iisnode';
  const by = handler === undefined ? modules.join(', ') : isNode && handler !== name ? `${handler} (${name})` : handler;
  if (script === undefined) return `${by} answers`;
  if (isNode && status !== undefined && message !== undefined) return 'iisnode answers with its own error page';
  return `${by} ${isNode ? 'runs' : 'sends'} ${shortenPaths(script, view)}`;
}

/** httpErrors may redirect the client. */
function redirectNote({ outcome, steps }: Trace): string {
  const { result = '' } = steps.findLast(({ stage }) => stage === 'http-errors') ?? {};
  return outcome.kind === 'error' && result.startsWith('302 ') ? `The client gets ${short(result)}` : '';
}

/** A hint for URLs outside of every application: most often the vdir path is missing. */
function outsideNote({ outcome, steps }: Trace): string {
  const note = steps.find(({ stage, note = '' }) => stage === 'site' && note.includes(' is outside of the '))?.note;
  return outcome.kind === 'error' && note !== undefined ? `${note}.` : '';
}

/** Why a URL that was meant for node ended as a file that does not exist. */
function noteOnMissingRule({ outcome, steps }: Trace): string {
  const { kind, status, modules = [] } = outcome;
  if (kind !== 'error' || ![404, 405].includes(status ?? 0) || !modules.includes('StaticFileModule')) return '';
  const hasNode = steps.some(
    ({ stage, matched, note = '' }) =>
      stage === 'handler' && matched === false && !/^verb="(TRACE|OPTIONS)"/.test(note),
  );
  const isRewritten = steps.some(
    ({ stage, verdict, result }) => /rewrite$/.test(stage) && verdict === 'applied' && result,
  );
  if (!hasNode || isRewritten) return '';
  return 'No rewrite rule changed it and no other handler matches it, so IIS looked for a file of that name.';
}

/** A URL may have thousands of characters; only the first are shown, --json has all. */
function short(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}... (${text.length} characters)` : text;
}
const longest = 300;

function shownPlace({ file, line }: { readonly file?: string; readonly line?: number }, view: View): string {
  if (file === undefined) return '';
  return `  ${view.colours.dim(`${shortenPaths(file, view)}${line ? `:${line}` : ''}`)}`;
}

/** Makes paths below the current folder relative; only at the start of a path, because other paths may contain its name. */
function shortenPaths(text: string, { cwd }: View): string {
  if (cwd === path.parse(cwd).root) return text;
  const [first = '', ...rest] = text.split(cwd + path.sep);
  return rest.reduce((said, part) => (beginsHere(said) ? said + part : said + cwd + path.sep + part), first);
}

/** Can a path begin after this text? */
const beginsHere = (text: string): boolean => text === '' || ' "\'(='.includes(text.slice(-1));
