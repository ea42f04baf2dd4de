import { authorOf } from './explain.js';
import { nodeIsDown, type PageLook, readPage, withoutPage } from './page-look.js';
import type { ProbeOptions } from './types.js';
import type { ProbeAnswer, Visitor } from './visitor.js';
import { openSocket } from './web-socket.js';

const html = 'text/html,application/xhtml+xml,*/*;q=0.8';
/** ms that a page may come behind other answers of a node that has just started. */
const moment = 1_000;

interface PageVisit {
  readonly app: URL;
  readonly visitor: Visitor;
  /** ms for each answer. */
  readonly timeout: number;
  /** ms for the first answer; iisnode may be starting node. */
  readonly patience: number;
  readonly options: Pick<ProbeOptions, 'pages' | 'socketPath' | 'plainRoute' | 'signal'>;
}

/** Asks for the app's own URL and, where IIS itself has nothing there, for its further pages. Never throws. */
export async function visitPage(visit: PageVisit): Promise<PageLook> {
  const { app, visitor, timeout } = visit;
  const { pages = [] } = visit.options;
  const ask = async (url: URL, fetch: () => Promise<ProbeAnswer>): Promise<PageLook> => {
    try {
      return readPage(await fetch(), app, pages);
    } catch (error) {
      return withoutPage(url, error);
    }
  };
  const first = await ask(app, () => fetchFirstPage(visit));
  if (first.answer === undefined) return first;
  const isOfApp = authorOf(first.answer.body) === 'app';
  if (first.kind !== 'absent' || (isOfApp && first.finding.status !== 403)) return first;
  for (const name of pages) {
    const url = new URL(name, app);
    const other = await ask(url, () => visitor.fetch(url, { timeout, accept: html }));
    if (other.kind === 'shown' || other.kind === 'dead') return other;
  }
  return first;
}

/**
 * Asks for the page, with patience for a node that is being started. When nothing has come in the time for a page, others are
 * asked: an answer of the app to them means that node is there, and that the page does not come.
 */
async function fetchFirstPage(visit: PageVisit): Promise<ProbeAnswer> {
  const { app, visitor, timeout, patience } = visit;
  if (patience <= timeout) return visitor.fetch(app, { timeout: patience, accept: html });
  const cancel = new AbortController();
  const page = visitor.fetch(app, { timeout: patience, accept: html, cancel: cancel.signal });
  const settled = page.then(
    () => true,
    () => true,
  );
  const within = async (ms: number): Promise<boolean> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, ms, false);
    });
    return Promise.race([settled, late]).finally(() => clearTimeout(timer));
  };
  try {
    if (await within(timeout)) return await page;
    const isUp = await Promise.race([settled.then(() => false), appAnswers(visit, cancel.signal)]);
    if (isUp && !(await within(moment))) throw new Error(`no answer within ${timeout} ms`);
    return await page;
  } finally {
    cancel.abort();
  }
}

/** Does the app answer anything at all: a handshake over polling, or an upgrade? */
async function appAnswers(
  { app, visitor, timeout, patience, options }: PageVisit,
  cancel: AbortSignal,
): Promise<boolean> {
  const left = patience - timeout;
  const { socketPath = `${app.pathname}socket.io`, plainRoute = '', signal } = options;
  const polling = new URL(`${socketPath}/?EIO=4&transport=polling`, app);
  const byHttp = visitor.fetch(polling, { timeout: left, cancel }).then(
    (answer) => authorOf(answer.body) === 'app' && !nodeIsDown(answer),
    () => false,
  );
  const url = new URL(plainRoute, app);
  url.protocol = url.protocol.replace('http', 'ws');
  const stop = new AbortController();
  for (const each of [cancel, signal]) each?.addEventListener('abort', () => stop.abort(), { once: true });
  const upgrade = () =>
    openSocket(url, {
      protocol: 'plain',
      timeout: left,
      eventTimeout: 0,
      signal: stop.signal,
      origin: app.origin,
      lookup: visitor.lookup,
      certificate: visitor.certificateOf(url),
    });
  const bySocket = visitor.traffic.upgrade(url, upgrade).then(({ kind }) => kind === 'open');
  const answers = [byHttp, bySocket].map((each) => each.then((isUp) => isUp || Promise.reject(new Error('no answer'))));
  return Promise.any(answers).catch(() => false);
}
