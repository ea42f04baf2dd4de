import { size } from '../amounts.js';
import { type WaitingScript, waitingScripts } from '../source/index.js';
import { authorOf, type Explanation } from './explain.js';
import type { Finding } from './finding.js';
import type { LoadedPage } from './page-files.js';
import type { AppSources } from './types.js';
import type { ProbeAnswer, Visitor } from './visitor.js';

const symptom = 'page-never-ends';
const next =
  'end the response in the app (response.end(), a stream that is piped to its end), or call next() where another handler answers';

/** A page that stopped and was not ended: a fault where code of it waits for the end, else what was seen of it alone. */
export function withEnd(
  finding: Finding,
  answer: ProbeAnswer,
  { texts: [page, ...files], where }: LoadedPage,
): Finding {
  const { isQuiet, cutAfter: after } = answer;
  if (isQuiet !== true || after === undefined || page === undefined) return finding;
  const found = { ...finding, unfinished: { after } };
  const isOwn = (address: string): boolean =>
    URL.canParse(address, where.base.href) && new URL(address, where.base).origin === where.address.origin;
  const [first] = waitingScripts(page, files, isOwn);
  // What keeps the page from working without that is told first.
  if (first === undefined || !finding.ok) return found;
  const { note: _, ...rest } = found;
  const why = `the page stops after ${size(answer.bytes)} and is not ended: ${placeOf(first, page.file)} runs only when it has ended, so never`;
  return { ...rest, ok: false, problem: { why, next, symptom } };
}

function placeOf({ at, address }: WaitingScript, page: string): string {
  if (address !== undefined) return `the script ${address} (line ${at.line} of the page)`;
  if (at.file === page) return `the script in line ${at.line} of the page`;
  return `the code in ${new URL(at.file).pathname.split('/').at(-1)}:${at.line}`;
}

/** ms for an answer to another URL. */
const moment = 3_000;

/**
 * Why a page that no answer came for is a fault though the sockets answer; undefined where nothing shows that the app has one: a server for
 * sockets alone answers no request.
 */
export async function pageThatIsNotAnswered(
  app: URL,
  visitor: Visitor,
  timeout: number,
  sources: AppSources | undefined,
): Promise<Explanation | undefined> {
  const why = 'the request for the page is never answered';
  if (sources?.hasPage) return { why: `${why}, and the sources have a route or a folder for it`, next, symptom };
  const other = new URL('iisnode-sock-asks-for-no-page', app);
  const answer = await visitor
    .fetch(other, { timeout: Math.min(timeout, moment), enough: 1_000 })
    .catch(() => undefined);
  if (answer === undefined || authorOf(answer.body) !== 'app') return undefined;
  return { why: `${why}, and another URL is answered with ${answer.status}`, next, symptom };
}
