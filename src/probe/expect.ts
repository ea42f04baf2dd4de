import { iisnodeSock } from '../typed-command.js';
import { explainErrorPage, explainNoAnswer, readErrorPage } from './explain.js';
import type { Finding } from './finding.js';
import { noteOfStop } from './redirects.js';
import type { Expectation } from './types.js';
import type { Visitor } from './visitor.js';

/** Is a URL of the app answered with the status that is expected? A redirect is an answer: it is not followed. */
export async function checkExpectation(
  { path, status }: Expectation,
  app: URL,
  visitor: Visitor,
  timeout: number,
): Promise<Finding> {
  const url = new URL(`${app.pathname.replace(/\/$/, '')}/${path.replace(/^\//, '')}`, app);
  try {
    const answer = await visitor.fetch(url, { timeout, follows: false });
    const { stop } = answer;
    const base = { url: url.href, status: answer.status, of: path };
    const page = readErrorPage(answer.status, answer.body);
    // With devErrorsEnabled an error of iisnode comes as 200.
    const real = page?.status ?? answer.status;
    const { location } = answer.headers;
    const seen = `HTTP ${real}${location === undefined ? '' : `, to ${location}`}`;
    if (real === status) return { ...base, ok: true, seen: `${seen}, as expected` };
    if (stop?.because === 'no-https') return { ...base, ok: true, seen, ...noteOfStop(stop) };
    const cause =
      page !== undefined && (page.subStatus !== undefined || real >= 500) ? explainErrorPage(page) : undefined;
    const problem = {
      why: `${status} was expected${cause === undefined ? '' : `; ${cause.why}`}`,
      next: cause?.next ?? `${iisnodeSock} trace URL shows whether the URL reaches node; the rest is up to the app`,
      symptom: cause?.symptom ?? 'expectation',
    };
    return { ...base, ok: false, seen, problem };
  } catch (error) {
    const { why, ...rest } = explainNoAnswer(error);
    const problem = { ...rest, why: `${status} was expected; ${why}` };
    return { url: url.href, status: undefined, of: path, ok: false, seen: 'no answer', problem };
  }
}
