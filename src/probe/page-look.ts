import { iisnodeSock } from '../typed-command.js';
import { authorOf, explainAnswer, explainErrorPage, explainNoAnswer, readErrorPage, statusOf } from './explain.js';
import { describeAnswer, type Finding, useLoader } from './finding.js';
import type { LoadedPage } from './page-files.js';
import { explainStop, noteOfStop } from './redirects.js';
import { signsOf } from './signs.js';
import type { MissingFile } from './types.js';
import type { ProbeAnswer } from './visitor.js';

/** The page as it was answered, before the sockets are known. */
export interface PageLook {
  readonly finding: Finding;
  /** undefined: none came. */
  readonly answer: ProbeAnswer | undefined;
  /**
   * `shown`: a browser shows it; `absent`: the app has no page there, or not for this visitor, which is right while its sockets
   * answer; `wrong`: whatever the sockets do; `dead`: node does not answer, so that no further request is sent.
   */
  readonly kind: 'shown' | 'absent' | 'wrong' | 'dead';
}

/** IIS refuses its configuration (500.19), or iisnode cannot get hold of node (500.1000 and following). */
export function nodeIsDown(answer: ProbeAnswer): boolean {
  const page = readErrorPage(answer.status, answer.body);
  const sub = page?.subStatus ?? 0;
  return page?.status === 500 && (sub === 19 || sub >= 1000);
}

/** Reads an answer to the request for the page. `entry`: the names of entry points, which no redirect may lead to. */
export function readPage(answer: ProbeAnswer, app: URL, entries: readonly string[]): PageLook {
  const base = { url: answer.url.href, status: answer.status };
  const signs = signsOf({ ...answer, server: String(answer.headers.server ?? '') });
  const wrong = (problem: Finding['problem'], seen = describeAnswer(answer)): PageLook => ({
    answer,
    kind: 'wrong',
    finding: { ...base, ok: false, seen, signs, ...(problem && { problem }) },
  });
  const { stop } = answer;
  if (stop !== undefined) {
    const seen = `HTTP ${answer.status}, redirects to ${stop.to.href}`;
    const isEntry = entries.some((name) => new URL(name, app).pathname === stop.to.pathname);
    // A page may be redirected anywhere, but not to the file that only rules name.
    const problem = explainStop(stop, isEntry ? app : stop.to, true);
    if (problem !== undefined) return wrong(problem, seen);
    return { answer, kind: 'shown', finding: { ...base, ok: true, seen, ...noteOfStop(stop) } };
  }
  const page = readErrorPage(answer.status, answer.body);
  if (page === undefined) {
    const { cutAfter } = answer;
    const note = cutAfter && `it had not ended after ${cutAfter}, and the rest of it was not read`;
    const finding = { ...base, ok: true, seen: describeAnswer(answer), ...(note && { note }) };
    return { answer, kind: 'shown', finding };
  }
  if (nodeIsDown(answer)) return { ...wrong(explainErrorPage(page)), kind: 'dead' };
  if (page.status >= 500 || page.subStatus === 18) return wrong(explainErrorPage(page));
  const problem = explainAnswer(answer, 'page');
  if (answer.redirects.length > 0 && page.status !== 401 && page.status !== 403) {
    const { pathname } = answer.url;
    const isOutside = !`${pathname}/`.startsWith(app.pathname);
    return wrong({
      ...problem,
      why: `the page redirects to ${pathname}, where the answer is ${statusOf(page, answer.status)}`,
      next: isOutside
        ? `${pathname} is outside of the app, which is at ${app.pathname}: redirect to a URL below it${useLoader}`
        : problem.next,
    });
  }
  return { ...wrong(problem), kind: 'absent' };
}

/** No answer came. */
export function withoutPage(url: URL, error: unknown): PageLook {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const isAbsent = /^(ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN)$/.test(code);
  const isLate = error instanceof Error && error.message.startsWith('no answer within');
  const problem = explainNoAnswer(error);
  return {
    answer: undefined,
    kind: isAbsent ? 'dead' : isLate ? 'absent' : 'wrong',
    finding: { url: url.href, status: undefined, ok: false, seen: 'no answer', problem },
  };
}

/** The page with what it loads. */
export function withFiles({ finding }: PageLook, { count, missing }: LoadedPage): Finding {
  const [first] = missing.filter(({ isNeeded }) => isNeeded);
  const seen = `${finding.seen}${count === 0 ? '' : `, ${count} ${count === 1 ? 'file' : 'files'}`}`;
  const found = { ...finding, files: count, ...(missing.length > 0 && { missing }) };
  if (missing.length === 0) return { ...found, seen };
  const short = `${seen}; ${missing.length} ${missing.length === 1 ? 'is' : 'are'} missing`;
  const all = missing.map(nameOf).join('; ');
  if (first === undefined) return { ...found, seen: short, note: [finding.note, all].filter(Boolean).join('; ') };
  return {
    ...found,
    ok: false,
    seen: short,
    problem: { why: all, next: nextOf(first, finding), symptom: 'file-missing' },
  };
}

const kinds = { script: 'the script', style: 'the style sheet', image: 'the image' } as const;

/** `the script /app.js (line 3 of the page): HTTP 404` */
function nameOf({ kind, address, line, page, seen }: MissingFile): string {
  const file = new URL(page).pathname.split('/').at(-1) ?? '';
  const where = /\.m?js$/.test(file) ? `${file}:${line}` : `line ${line} of the page`;
  return `${kinds[kind]} ${address} (${where}): ${seen}`;
}

function nextOf({ address, url }: MissingFile, { url: page }: Finding): string {
  const folder = new URL('.', page).pathname;
  const isAtRoot = address.startsWith('/') && folder !== '/' && !new URL(url).pathname.startsWith(folder);
  return isAtRoot
    ? `an address that begins with / is the site's, not the app's: write it relative${useLoader}, or give the app a site of its own`
    : `${iisnodeSock} trace URL shows which rule and handler IIS chooses for it; then: ${iisnodeSock} doctor`;
}

const reasons = {
  sockets: '; the sockets answer',
  expected: '; the --expect checks passed',
  api: '; its source code opens no sockets, so nothing else could be checked (--expect /path=200 checks a URL)',
} as const;

/** Why a page that is not there is right; without a reason only that it is not there. */
export function noteOfAbsence({ finding, answer }: PageLook, reason: keyof typeof reasons | undefined): string {
  const otherwise = reason === undefined ? '' : reasons[reason];
  const { status } = finding;
  if (answer === undefined) return `no page: ${finding.problem?.why ?? 'no answer'}${otherwise}`;
  const page = readErrorPage(answer.status, answer.body);
  if (page !== undefined && authorOf(answer.body) === 'iis') {
    return `no page: IIS itself answers ${explainErrorPage(page).why}${otherwise}`;
  }
  return status === 401 || status === 403
    ? `the page requires a login (${status}); nothing behind it was checked${otherwise}`
    : `no page here (${status})${otherwise}`;
}
