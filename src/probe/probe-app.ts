import { iisnodeSock } from '../typed-command.js';
import { lookupOf } from './address.js';
import { pageThatIsNotAnswered, withEnd } from './endless-page.js';
import { checkExpectation } from './expect.js';
import { asksForLogin, authorOf } from './explain.js';
import { loadPage } from './page-files.js';
import { noteOfAbsence, type PageLook, withFiles } from './page-look.js';
import { policyRefusal } from './page-policy.js';
import { visitPage } from './page-visit.js';
import { type SocketOutcome, visitSockets } from './socket-visit.js';
import { StepLog } from './step-log.js';
import type { ProbeOptions, ProbeReport } from './types.js';
import { Visitor } from './visitor.js';
import { loadWebSocket } from './web-socket.js';

const nothing: SocketOutcome = { answers: false, hasSession: false, hasWebSocket: false, isAsked: false };

/**
 * Looks at a live app as a browser would: the page with the files it loads, client script, Engine.IO handshake, WebSocket with
 * its first event, each as the page's own clients ask for it; then what is expected. A page that is not there is right while the
 * sockets answer, and so are sockets that the app itself refuses to a stranger: a note tells it. Of an app without socket.io,
 * whose page opens plain WebSockets, that WebSocket is looked at; where the page sends its clients to a service, handshake and
 * WebSocket are asked for there.
 * It never throws for what the app does; every step says what was seen.
 * @param url the app: http(s)://host:port/dante/ (the slash may be missing).
 */
export async function probeApp(url: string, options: ProbeOptions = {}): Promise<ProbeReport> {
  const asked = new URL(url.endsWith('/') ? url : `${url}/`);
  const { signal, servesHttps = true, timeout = 10_000, address } = options;
  const patience = options.firstTimeout ?? options.timeout ?? 30_000;
  const visitor = new Visitor({
    signal,
    servesHttps,
    lookup: address === undefined ? undefined : lookupOf(asked, address),
    traffic: options.traffic,
    certificateOf: ({ host }) => (host === asked.host ? options.certificate : undefined),
  });
  const log = new StepLog(options.onStep, () => options.sources?.().hasLoader === true);
  void loadWebSocket();
  let look: PageLook | undefined;
  await log.step('page', 'GET', async () => {
    look = await visitPage({ app: asked, visitor, timeout, patience, options });
    return look.finding;
  });
  const outcome = look === undefined ? nothing : await probeBehindPage(asked, look, { visitor, log, timeout, options });
  const { steps } = log;
  const last = steps.at(-1);
  return {
    url: asked.href,
    ok: steps.every(({ ok }) => ok),
    steps,
    ...(outcome.facts && { sockets: outcome.facts }),
    transport: outcome.hasWebSocket ? 'websocket' : outcome.hasSession ? 'polling' : undefined,
    ms: last === undefined ? 0 : last.startedAt + last.ms,
  };
}

interface Tools {
  readonly visitor: Visitor;
  readonly log: StepLog;
  readonly timeout: number;
  readonly options: ProbeOptions;
}

/** Everything behind the page. Without node each further request would fail in the same way. */
async function probeBehindPage(
  asked: URL,
  look: PageLook,
  { visitor, log, timeout, options }: Tools,
): Promise<SocketOutcome> {
  if (look.kind === 'dead') return nothing;
  // What the browser shows then is at that address, and so is what it asks for.
  const app = look.answer === undefined ? asked : new URL(asked.pathname, look.answer.url);
  const loaded = isHtml(look) ? await loadPage(look.answer, visitor, timeout) : undefined;
  if (loaded !== undefined && look.answer !== undefined) {
    const policy = policyRefusal(look.answer, loaded);
    const finding = { ...withFiles(look, loaded), ...(policy && { policy }) };
    log.change('page', withEnd(finding, look.answer, loaded));
  }
  const outcome = await visitSockets({ app, look, loaded, visitor, log, timeout, options });
  const { expect = [] } = options;
  let isMet = expect.length > 0;
  for (const each of expect) {
    const { ok } = await log.step('expect', 'GET', () => checkExpectation(each, app, visitor, timeout));
    isMet &&= ok;
  }
  if (look.kind !== 'absent') return outcome;
  const isLeft = look.answer === undefined && outcome.answers && !isMet;
  const problem = isLeft ? await pageThatIsNotAnswered(app, visitor, timeout, options.sources?.()) : undefined;
  if (problem !== undefined) log.change('page', { ...look.finding, problem });
  else reportMissingPage(look, outcome, isMet, log, options);
  return outcome;
}

/** Whether a page that is not there is a fault: that depends on the rest of the app. */
function reportMissingPage(
  look: PageLook,
  { answers, isAsked, hasSession, hasWebSocket }: SocketOutcome,
  isMet: boolean,
  log: StepLog,
  options: ProbeOptions,
): void {
  const { problem, ...finding } = look.finding;
  const author = authorOf(look.answer?.body ?? '');
  const sources = options.sources?.();
  const isForgotten = author === 'iis' && sources?.hasPage === true;
  // An API without sockets: that the app itself answers is all that can be asked of it.
  const isLogin = look.answer !== undefined && asksForLogin(look.answer);
  const isApi = sources?.hasNoSockets === true && !sources.hasPage && look.answer !== undefined && author === 'app';
  if (!isForgotten && (answers || isMet || isApi || isLogin)) {
    const isAllRefused = isLogin && !hasSession && !hasWebSocket;
    const reason = answers && !isAllRefused ? 'sockets' : isMet ? 'expected' : isAllRefused ? undefined : 'api';
    log.change('page', { ...finding, ok: true, note: noteOfAbsence(look, reason) });
    if (answers || isAsked) return;
    const note = 'no socket.io was found, and nothing asks for it';
    for (const step of log.steps) if (step.id === 'handshake') log.change('handshake', { ...step, ok: true, note });
    return;
  }
  const handshake = log.steps.find(({ id, ok }) => id === 'handshake' && !ok);
  if (problem === undefined || look.answer === undefined || handshake?.why === undefined) return;
  // The sockets fail for another reason: the missing page adds nothing to it.
  if (!/^(path-virtual-dir|no-rewrite|no-answer)$/.test(handshake.symptom ?? '') && !isForgotten) {
    log.change('page', { ...finding, ok: true, note: noteOfAbsence(look, undefined) });
    return;
  }
  const why = `${problem.why}; and at ${new URL(handshake.url).pathname}: ${handshake.why}`;
  const { pathname } = new URL(finding.url);
  const lost = `the app may not know that it is at ${pathname}: the setting with its path must reach node (appSettings in web.config itself become environment variables); ${iisnodeSock} doctor finds the place`;
  const next = author === 'app' && pathname !== '/' ? lost : (handshake.next ?? problem.next);
  const hint = 'if the app has no page, name a URL that answers: --expect /path=200';
  log.change('page', { ...finding, problem: { ...problem, why, next: `${next}; ${hint}` } });
}

function isHtml(look: PageLook): look is PageLook & { readonly answer: NonNullable<PageLook['answer']> } {
  const { kind, answer } = look;
  if (kind !== 'shown' || answer === undefined || answer.stop !== undefined) return false;
  return /\bhtml\b/i.test(answer.headers['content-type'] ?? 'html') || /^\s*</.test(answer.body);
}
