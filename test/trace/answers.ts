import { statSync } from 'node:fs';
import type { StageName, Step, Trace, TraceOutcome } from '../../src/trace/index.js';
import type { Answer } from '../host/harness.js';

const ofStage = ({ steps }: Trace, stage: StageName): readonly Step[] => steps.filter((step) => step.stage === stage);

const isNode = ({ kind, modules = [] }: TraceOutcome): boolean =>
  kind === 'handler' && (modules.includes('iisnode') || modules.includes('httpPlatformHandler'));

/** node runs, and answers by itself: not iisnode's debugger, nor iisnode with settings it cannot read. */
const runsNode = (outcome: TraceOutcome): boolean =>
  isNode(outcome) && outcome.status === undefined && outcome.script?.endsWith('server.js') === true;

const isLost = (trace: Trace): boolean =>
  ofStage(trace, 'iisnode').some(({ note }) => note?.includes('node sees no upgrade') === true);

const isOff = (trace: Trace): boolean =>
  ofStage(trace, 'websocket').some(
    ({ matched, note }) => matched === true && note?.startsWith('webSocket is off') === true,
  );

const asksUpgrade = (trace: Trace): boolean => ofStage(trace, 'websocket').some(({ matched }) => matched !== undefined);

/** The row of a detailed error page. */
function rowOf(body: string, name: string): string | undefined {
  const text = new RegExp(`<th>${name}</th><td>([^<]*)</td>`).exec(body)?.[1];
  return text?.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}

/** What a client saw that the trace did not say; empty when they agree. */
export function differences(
  trace: Trace,
  given: Answer | undefined,
  read: (file: string) => string,
): readonly string[] {
  const { outcome } = trace;
  if (given === undefined) return outcome.kind === 'abort' ? [] : ['no answer'];
  const found: string[] = [];
  const same = (what: string, said: unknown, seen: unknown): void => {
    if (said !== seen) found.push(`${what}: trace says ${String(said)}, serve ${String(seen)}`);
  };
  const client = clientOf(trace, given);
  same('status', client.status, given.status);
  same('location', client.location, given.headers.location);
  same('sub-status', client.code, given.code);
  const hasBody = trace.method !== 'HEAD';
  if (client.code !== undefined) {
    same('handler', outcome.handler ?? 'Not yet determined', rowOf(given.body, 'Handler'));
    same('file', outcome.file, rowOf(given.body, 'Config File'));
    same('line', outcome.line === undefined ? undefined : String(outcome.line), rowOf(given.body, 'Line number'));
  }
  if (hasBody && client.file !== undefined) same('body', read(client.file), given.body);
  if (client.node !== undefined) {
    same('script', client.node.script, decodeURIComponent(String(given.headers['x-script'])));
    const saidIt = ofStage(trace, 'http-errors').some(({ note }) => note?.includes('reach the client'));
    const isKept = given.status < 400 || saidIt;
    const seen = [...ofStage(trace, 'iisnode'), ...ofStage(trace, 'http-platform')].findLast(
      ({ result }) => result !== undefined,
    )?.result;
    if (hasBody) same('the URL node sees', isKept ? seen : true, isKept ? given.body : !given.body.startsWith('GET '));
    const isSticky = ofStage(trace, 'iisnode').some(({ note }) => note?.includes('iisnode.session.cookie'));
    const cookies = (given.headers['set-cookie'] ?? []).some((cookie) => cookie.startsWith('iisnode.session.cookie='));
    same('sticky', isSticky, cookies);
  } else if (outcome.page === undefined) same('node', undefined, given.headers['x-node']);
  const isOwn = given.status !== 101 && !(outcome.status === 400 && trace.steps.length === 1);
  const outbound = ofStage(trace, 'outbound-rewrite');
  const marks =
    outbound.some(({ rule }) => rule === 'out .*') &&
    !outbound.some(({ note }) => note?.startsWith('every response fails'));
  if (isOwn) same('outbound', marks, given.headers['x-out'] === '1');
  return found;
}

interface Client {
  readonly status: number;
  readonly location?: string | undefined;
  /** On a detailed page. */
  readonly code?: string | undefined;
  /** Whose text is the body. */
  readonly file?: string | undefined;
  readonly node?: { readonly script: string | undefined };
}

/** What a client must see after this trace. */
function clientOf(trace: Trace, given: Answer): Client {
  const { outcome } = trace;
  const { kind, status = 200, subStatus, location, page } = outcome;
  if (page !== undefined) return pageOf(status, page);
  if (runsNode(outcome)) {
    const upgraded = asksUpgrade(trace) && !isLost(trace) && !isOff(trace);
    const asked = [...ofStage(trace, 'iisnode'), ...ofStage(trace, 'http-platform')].at(-1)?.result ?? '';
    const own = /fail=/.test(asked) || given.status === 404 ? 404 : 200;
    return { status: upgraded ? 101 : own, code: given.code, node: { script: outcome.script } };
  }
  if (kind !== 'error') return { status, location, file: fileOf(outcome) };
  const said = ofStage(trace, 'http-errors').findLast(({ input }) => input !== undefined);
  if (said?.result?.startsWith('302 ') === true) return { status: 302, location: said.result.slice(4) };
  const gives = said?.note === 'the client gets this file instead' ? said.result : undefined;
  const isHttpSys = trace.steps.length === 1;
  const isDetailed = said === undefined || said.note?.includes('detailed page') === true;
  const hasPage = trace.method !== 'HEAD' && status !== 501 && subStatus !== undefined && !isHttpSys;
  return { status, code: hasPage && isDetailed ? `${status}.${subStatus}` : undefined, file: gives };
}

/** An error page of ExecuteURL keeps the status of the error, unless node or a redirect brings its own. */
function pageOf(status: number, page: TraceOutcome): Client {
  if (page.kind === 'redirect') return { status: page.status ?? 0, location: page.location };
  if (runsNode(page)) return { status: 200, node: { script: page.script } };
  return { status: page.modules?.includes('StaticFileModule') ? status : (page.status ?? 200), file: fileOf(page) };
}

function fileOf({ kind, modules, script }: TraceOutcome): string | undefined {
  if (kind !== 'handler' || script === undefined || !modules?.includes('StaticFileModule')) return undefined;
  return statSync(script).isDirectory() ? undefined : script;
}

/** Names for what happened, so that a test can ask whether everything did. */
export function factsOf(trace: Trace, given: Answer | undefined): readonly string[] {
  const { outcome, steps } = trace;
  const { kind, modules = [], page } = outcome;
  const facts: string[] = [];
  const add = (fact: string, holds = true): void => {
    if (holds) facts.push(fact);
  };
  add('abort', kind === 'abort');
  add(`${outcome.status}.${outcome.subStatus}`, kind === 'error');
  const last = steps.findLast(({ stage }) => stage !== 'http-errors' && stage !== 'outbound-rewrite');
  add(
    `redirect by ${last?.stage === 'rewrite' || last?.stage === 'global-rewrite' ? ruleStage(steps) : last?.stage}`,
    kind === 'redirect',
  );
  add('custom response', kind === 'handler' && modules.includes('RewriteModule'));
  add('OPTIONS', kind === 'handler' && modules.includes('ProtocolSupportModule'));
  add('file', fileOf(outcome) !== undefined);
  add(
    'listing',
    steps.some(({ stage, matched }) => stage === 'directory' && matched === true),
  );
  add(`node ${given?.status}`, runsNode(outcome));
  add(`platform ${given?.status}`, runsNode(outcome) && modules.includes('httpPlatformHandler'));
  add('platform off', isOff(trace));
  const notes = steps.filter(({ stage }) => stage === 'iisnode').map(({ note }) => note ?? '');
  add(
    'sticky',
    notes.some((note) => note.includes('iisnode.session.cookie')),
  );
  add(
    'several processes',
    notes.some((note) => note.startsWith('2 node processes')),
  );
  add(
    'upgrade taken',
    steps.some(({ stage, matched }) => stage === 'websocket' && matched === true),
  );
  add('upgrade lost', isLost(trace));
  add(
    'default document',
    steps.some(({ stage, matched }) => stage === 'default-document' && matched === true),
  );
  add(
    'global rule',
    steps.some(({ stage, matched }) => stage === 'global-rewrite' && matched === true),
  );
  add('outbound rule', given?.headers['x-out'] === '1');
  add('nested application', outcome.app?.endsWith('/app') === true);
  add(
    'condition failed',
    steps.some(({ verdict }) => verdict === 'condition-failed'),
  );
  const pages = steps.filter(({ stage }) => stage === 'http-errors').map(({ note, result }) => `${result} ${note}`);
  add(
    'page of a file',
    pages.some((note) => note.includes('gets this file')),
  );
  add('page by redirect', pages.some((note) => note.startsWith('302 ')) || page?.kind === 'redirect');
  add('page by node', page !== undefined && runsNode(page));
  add('page by static file', page !== undefined && fileOf(page) !== undefined);
  add(
    'page that fails',
    pages.some((note) => note.includes('fails itself')),
  );
  add(
    'short page',
    pages.some((note) => note.includes('short page') && !note.includes('other clients')),
  );
  return facts;
}

const ruleStage = (steps: readonly Step[]): string =>
  steps.findLast(({ matched, result, stage }) => /rewrite$/.test(stage) && matched === true && result !== undefined)
    ?.stage ?? 'nobody';
