import { linesOfOutput } from '../lines-of-output.js';
import { iisnodeSock } from '../typed-command.js';
import { meaningOf } from './statuses.js';
import { type ProbeAnswer, RedirectFailed, RedirectsGoOn } from './visitor.js';

/** Why an answer is not what a browser needs. */
export interface Explanation {
  readonly why: string;
  readonly next: string;
  readonly symptom: string;
}

/** What can be read off any answer. */
export interface ErrorPage {
  readonly status: number;
  readonly subStatus: number | undefined;
  readonly hresult: string | undefined;
  /** The process's stderr log, as iisnode shows it. */
  readonly log: string | undefined;
  readonly iisnode: boolean;
  /** What iisnode could not read before it came to start node; undefined for every other error. */
  readonly unread?: 'web.config' | 'iisnode.yml';
}

/**
 * Reads IIS's and iisnode's error pages. With devErrorsEnabled (the default) iisnode answers an inner 5xx with status
 * 200 and says in the body what it was (iisnode 0.2.26, cprotocolbridge.cpp SendDevError).
 */
export function readErrorPage(status: number, body: string): ErrorPage | undefined {
  if (/iisnode encountered an error/i.test(body)) {
    const pre = preformatted(body).map(unescapeHtml);
    return {
      iisnode: true,
      status: Number(/HTTP status:\s*(\d+)/i.exec(body)?.[1] ?? 500),
      subStatus: number(/HTTP subStatus:\s*(\d+)/i.exec(body)?.[1]),
      hresult: /HRESULT:\s*(0x[0-9a-f]+)/i.exec(body)?.[1],
      log: pre[1]?.trim(),
    };
  }
  if (/unable to start the node\.exe process/i.test(body)) {
    return { iisnode: true, status: 500, subStatus: 1000, hresult: '0x2', log: undefined };
  }
  // Whatever devErrorsEnabled says, and for local clients alone (SendIisnodeError, codes 1031 and 1032).
  const unread = /iisnode was unable to read the configuration file( iisnode\.yml)?/i.exec(body);
  if (unread !== null) {
    const file = unread[1] === undefined ? 'web.config' : 'iisnode.yml';
    return { iisnode: true, status: 500, subStatus: 1000, hresult: undefined, log: undefined, unread: file };
  }
  if (status < 400) return undefined;
  const named = isPageOfIis(body) ? /HTTP Error (\d{3})\.(\d+)|\b(\d{3})\.(\d{1,4})\b/.exec(body) : null;
  const isSame = named !== null && Number(named[1] ?? named[3]) === status;
  // In place of the app's own page IIS shows one with sub-status 0, which says nothing of the cause.
  const sub = isSame && authorOf(body) === 'iis' ? number(named[2] ?? named[4]) : undefined;
  return { iisnode: false, status, subStatus: sub, hresult: /\b0x[0-9a-f]{8}\b/i.exec(body)?.[0], log: undefined };
}

/** What is within the first `<pre>` elements, in one pass: a page may have ten thousand that are not closed. */
function preformatted(body: string): string[] {
  const found: string[] = [];
  const opening = /<pre>/gi;
  const closing = /<\/pre>/gi;
  for (let open = opening.exec(body); open && found.length < 2; open = opening.exec(body)) {
    closing.lastIndex = opening.lastIndex;
    const close = closing.exec(body);
    if (close === null) break;
    found.push(body.slice(opening.lastIndex, close.index));
    opening.lastIndex = closing.lastIndex;
  }
  return found;
}

/** Is a body a page of IIS or HTTP.SYS? */
const isPageOfIis = (body: string): boolean =>
  /\bIIS \d+\.\d Detailed Error\b|Internet Information Services|HTTP Error \d{3}\b|<h2>\s*\d{3} - [^<]+<\/h2>\s*<h3>/i.test(
    body,
  );

/**
 * What answered with an error. IIS puts its own pages in place of the app's (httpErrors, existingResponse="Auto"): the detailed
 * one names the module; the one for remote clients does not, so that it is `unknown`.
 */
export function authorOf(body: string): 'iis' | 'app' | 'unknown' {
  if (!isPageOfIis(body)) return 'app';
  const cell = /<th>Module<\/th>\s*<td>([^<]*)<\/td>/i.exec(body)?.[1];
  const module = cell?.replaceAll('&nbsp;', ' ').trim();
  const isOfHandler = /^(iisnode|httpPlatformHandler\w*)$/i.test(module ?? '');
  if (module !== undefined) return isOfHandler && /HTTP Error \d{3}\.0\b/i.test(body) ? 'app' : 'iis';
  return /HTTP Error \d{3}/i.test(body) ? 'iis' : 'unknown';
}

/** Does the app itself ask for a name and a password, or a token? Windows' own ways to sign in are IIS's. */
export const asksForLogin = ({ status, headers, body }: ProbeAnswer): boolean =>
  status === 401 &&
  /^\s*(Basic|Digest|Bearer)\b/i.test(String(headers['www-authenticate'] ?? '')) &&
  authorOf(body) === 'app';

/** Why the page, the client script or the handshake failed. */
export function explainAnswer(answer: ProbeAnswer, wanted: 'page' | 'script' | 'handshake'): Explanation {
  const page = readErrorPage(answer.status, answer.body);
  if (page !== undefined && (page.status >= 500 || page.subStatus !== undefined)) return explainErrorPage(page);
  const isHtml = /html/i.test(answer.headers['content-type'] ?? '') || answer.body.trimStart().startsWith('<');
  if (wanted !== 'page' && answer.status === 200 && isHtml) {
    return {
      why: 'the answer is an HTML page: another rewrite rule or a catch-all route wins over socket.io',
      next: `put the socket.io rule first in web.config, with stopProcessing="true"; then: ${iisnodeSock} doctor`,
      symptom: 'client-script',
    };
  }
  const refused = wanted === 'handshake' ? explainEngineError(answer.body, 'the handshake') : undefined;
  if (refused !== undefined) return refused;
  if (answer.status === 404 && wanted !== 'page') {
    const isOfApp = authorOf(answer.body) === 'app';
    return {
      why: isOfApp
        ? 'the app itself answers 404: socket.io is not at this path'
        : 'the request did not reach socket.io: no rewrite rule sends it to node, or the server has another path',
      next: `set the same path (vdir path + /socket.io) in server, client and rewrite rule; then: ${iisnodeSock} doctor`,
      symptom: wanted === 'script' ? 'client-script' : 'path-virtual-dir',
    };
  }
  if (answer.status === 200 && wanted !== 'page') return explainOtherPath('something else than socket.io answers');
  const author = authorOf(answer.body);
  const noDefault = author === 'unknown' && answer.status === 403;
  const who = { iis: 'IIS answers', app: 'the app itself answers', unknown: 'the app or IIS answers' }[author];
  return {
    why: `${who} ${answer.status}${noDefault ? ': no default document and no rule for this URL, perhaps' : ''}`,
    next: `${iisnodeSock} trace URL shows which rule and handler IIS chooses; ${iisnodeSock} doctor looks for the cause`,
    symptom: noDefault ? 'no-default' : 'no-rewrite',
  };
}

/** Engine.IO's error bodies, by code (engine.io, server.ts). */
const engineErrors: readonly string[] = [
  'transport unknown',
  'session ID unknown',
  'bad handshake method',
  'bad request',
  'forbidden',
  'unsupported protocol version',
];

/** The code of an answer in which Engine.IO itself says no: `{"code":4,"message":"Forbidden"}`; undefined for any other. */
export function engineCode(body: string): number | undefined {
  const code = /^\s*\{(?=.*"message"\s*:).*"code"\s*:\s*([0-5])\s*[,}]/s.exec(body)?.[1];
  return number(code);
}

/** An answer in which Engine.IO itself says no; undefined for any other. */
export function explainEngineError(body: string, what: string): Explanation | undefined {
  const code = engineCode(body);
  if (code === undefined) return undefined;
  return {
    why: `socket.io itself refuses ${what} (code ${code}: ${engineErrors[code] ?? 'unknown'})`,
    next:
      code === 4
        ? "look at the server's allowRequest and cors: they refused this client"
        : 'compare the transports and the Engine.IO version of server and client',
    symptom: code === 5 ? 'eio-mismatch' : 'transports',
  };
}

/** The app runs, but socket.io is not where it is looked for. */
export const explainOtherPath = (what: string): Explanation => ({
  why: `${what}: socket.io listens on another path`,
  next: `set the same path (vdir path + /socket.io) in server, client and rewrite rule; then: ${iisnodeSock} doctor`,
  symptom: 'path-virtual-dir',
});

/** What iisnode's or IIS's own error page says. */
export function explainErrorPage(page: ErrorPage): Explanation {
  const code = statusOf(page, page.status);
  if (page.unread !== undefined) {
    return {
      why: `${code}: iisnode cannot read its settings in ${page.unread}`,
      next: `${iisnodeSock} doctor finds the place`,
      symptom: 'config-invalid',
    };
  }
  const meaning = meaningOf(page.status, page.subStatus);
  const last = page.log === undefined ? undefined : firstErrorLine(page.log);
  const hresult = page.hresult === undefined || /^0x0+$/.test(page.hresult) ? '' : ` (${page.hresult})`;
  const isRefusal = page.status < 500;
  return {
    why: `${code}: ${meaning?.why ?? 'the request is refused'}${hresult}${last === undefined ? '' : `: ${last}`}`,
    next:
      meaning?.next ??
      (isRefusal
        ? `${iisnodeSock} trace URL shows which stage refuses the request; then: ${iisnodeSock} doctor`
        : `${iisnodeSock} logs shows what node wrote; then: ${iisnodeSock} doctor`),
    symptom: meaning?.symptom ?? (isRefusal ? 'no-rewrite' : 'iisnode-error'),
  };
}

/** `403.18`, `502`. */
export const statusOf = (page: ErrorPage | undefined, status: number): string =>
  page?.subStatus === undefined ? String(page?.status ?? status) : `${page.status}.${page.subStatus}`;

/** `Error: Cannot find module 'x'` says more than the stack's first line. */
const firstErrorLine = (log: string): string | undefined => {
  const lines = linesOfOutput(log).map((line) => line.trim());
  return lines.find((line) => /^(\w*Error\b|Error:)/.test(line)) ?? lines.find((line) => line !== '');
};

const number = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));

const unescapeHtml = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');

/** Why no answer came at all. */
export function explainNoAnswer(error: unknown): Explanation {
  if (error instanceof RedirectFailed) return explainDeadRedirect(error);
  if (error instanceof RedirectsGoOn) return explainRedirects(error.chain);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : String(error);
  const known: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'nothing listens there',
    ENOTFOUND: 'the name is not known',
    ECONNRESET: 'the connection was cut',
    ETIMEDOUT: 'the machine does not answer',
    HPE_HEADER_OVERFLOW: 'the headers of the answer are larger than 16 kB, and were not read',
  };
  return {
    why:
      known[code] ??
      (code.startsWith('HPE_') ? 'the answer is not HTTP: https, or another service, at this port' : undefined) ??
      (message === '' ? code || 'no answer' : message),
    next: nextAfter(code),
    symptom: 'no-answer',
  };
}

function nextAfter(code: string): string {
  if (code === 'ECONNREFUSED') return `${iisnodeSock} status shows whether the site is started`;
  // Not this code: it is an answer of HTTP.
  if (code.startsWith('HPE_') && code !== 'HPE_HEADER_OVERFLOW')
    return `ask for https (${iisnodeSock} doctor https://...), or for the port of the site`;
  return `${iisnodeSock} logs, then: ${iisnodeSock} doctor`;
}

/** `Error: write EPROTO`: a server without TLS was asked for https. */
function explainDeadRedirect({ to, cause }: RedirectFailed): Explanation {
  const { why, symptom } = explainNoAnswer(cause);
  const isTls = cause instanceof Error && 'code' in cause && /^(EPROTO|ERR_SSL)/.test(String(cause.code));
  return {
    why: `the redirect leads to ${to.href}, where ${isTls ? 'nothing serves https' : `there is no answer: ${why}`}`,
    next:
      to.protocol === 'https:'
        ? 'give the site an https binding with a certificate, or remove the redirect until it has one'
        : `${iisnodeSock} doctor looks for the cause`,
    symptom: to.protocol === 'https:' ? 'https' : symptom,
  };
}

/** Why redirects do not end: the part of them that repeats, where one does. */
function explainRedirects(chain: readonly URL[]): Explanation {
  const [last] = chain.slice(-1);
  const from = chain.slice(0, -1).findLastIndex(({ href }) => href === last?.href);
  const circle = from < 0 ? undefined : chain.slice(from);
  const [first] = chain;
  const shown = (urls: readonly URL[]): string =>
    urls.map((url) => (url.origin === first?.origin ? `${url.pathname}${url.search}` : url.href)).join(' -> ');
  const toHttps = chain.some(({ protocol }) => protocol === 'https:') && circle?.length === 2;
  return {
    why:
      circle === undefined
        ? `more than five redirects: ${shown(chain)}`
        : `more than five redirects, which lead in a circle: ${shown(circle)}`,
    next: toHttps
      ? 'the site redirects https to itself: TLS ends in front of it, so test {HTTP_X_FORWARDED_PROTO} in the rule in place of {HTTPS}'
      : `${iisnodeSock} trace URL shows which rule redirects; a redirect that no rule makes is of the app`,
    symptom: 'redirect-loop',
  };
}
