import { families } from '../seen/known/index.js';
import type { RankedCause, RuleFinding, SeenFacts, SeenRule, SeenText } from '../types.js';

const help = (what: string): string =>
  `doctor --seen TEXT (or a file), --har FILE and --logs DIR compare what you have seen with a list of known texts. ${what}
With the folder of the app, the files raise or rule out the causes; without one, the causes are in the order of how often they are
the reason, with what distinguishes them. The list is in docs/doctor-seen.md.`;

const likeliest = ([first]: readonly RankedCause[]): string => {
  if (first === undefined) return '';
  return first.against === undefined
    ? ` Likeliest cause: ${first.says}.`
    : ' The files show none of its usual causes: see below.';
};

function findings({ texts }: SeenFacts, code: string): RuleFinding[] {
  return texts
    .filter(({ rule }) => rule === code)
    .map(({ says, severity, means, quotes, causes, apart, own, at }: SeenText) => {
      const [first] = causes;
      return {
        message: `${says}${own === undefined ? '' : `, at ${own}`}.${likeliest(causes)}`,
        severity,
        why: means,
        ...(first && first.against === undefined && { fix: first.fix }),
        ...(at && { at }),
        seen: quotes,
        ...(causes.length > 0 && { causes, apart }),
      };
    });
}

function seenRule({
  code,
  title,
  why,
  what,
  severity = 'error',
}: Pick<SeenRule, 'code' | 'title' | 'why'> & {
  readonly what: string;
  readonly severity?: SeenRule['severity'];
}): SeenRule {
  return {
    code,
    scope: 'seen',
    severity,
    title,
    why,
    help: help(what),
    texts: families.find(({ rule }) => rule === code)?.texts ?? [],
    check: (facts) => findings(facts, code),
  };
}

/** One rule for each place where texts appear. */
export const seenRules: readonly SeenRule[] = [
  seenRule({
    code: 'SEEN_SERVER_EVENT',
    title: 'You saw an entry of the Windows event log',
    why: 'What stops the application pool stops every app in it.',
    what: 'In the event log: a module that cannot be loaded, a pool that is stopped, ended or recycled. Save the entry as text, or copy it.',
  }),
  seenRule({
    code: 'SEEN_CONFIGURATION_ERROR',
    title: 'You saw that IIS cannot read the configuration',
    why: 'Every URL of the app answers 500.19 or a similar error.',
    what: 'The page of HTTP Error 500.19 and similar ones, with its error code, and the same words of appcmd and IIS Manager. Only a browser on the server itself gets the page with all details.',
  }),
  seenRule({
    code: 'SEEN_NODE_ERROR',
    title: 'You saw an error of node',
    why: 'The app ends, or does not start.',
    what: 'Errors of node and of packages, as a console, the logs of iisnode and its error page show them.',
  }),
  seenRule({
    code: 'SEEN_IISNODE_ERROR',
    title: 'You saw an error of iisnode',
    why: 'iisnode could not give the request to node, or got no valid answer.',
    what: 'The pages of iisnode with HRESULT and HTTP subStatus, which arrive with status 200 while devErrorsEnabled is true, and the sub-statuses 500.1000 to 500.1018 and 503.1000 to 503.1003 in the log of IIS.',
  }),
  seenRule({
    code: 'SEEN_IIS_ERROR',
    title: 'You saw an error page of IIS',
    why: 'IIS answers itself: the request does not reach the app.',
    what: 'The error pages of IIS with status and sub-status, and lines of its log.',
  }),
  seenRule({
    code: 'SEEN_SOCKET_ERROR',
    title: 'You saw an error of socket.io',
    why: 'Clients do not connect, or do not stay connected.',
    what: 'What socket.io\'s server answers ({"code":1,"message":"Session ID unknown"}) and what its client reports (xhr poll error, transport close).',
  }),
  seenRule({
    code: 'SEEN_BROWSER_ERROR',
    title: 'You saw an error in the console of a browser',
    why: 'The page does not work, or not with WebSockets.',
    what: 'Lines of the console: failed WebSockets, CORS, mixed content, scripts that are not found or are HTML.',
  }),
  seenRule({
    code: 'SEEN_CAPTURE',
    title: 'A recording of the browser shows a failure',
    why: 'Requests failed, or took too long.',
    what: 'doctor --har FILE reads what the network tab of a browser saves ("Save all as HAR"). Cookies, authorisation headers and values of queries are not shown.',
  }),
  seenRule({
    code: 'SEEN_LOG',
    severity: 'warning',
    title: 'The logs of iisnode show a problem',
    why: 'The app restarts, or listens at another place than iisnode expects.',
    what: 'In a folder of logs (--logs DIR; the one of logDirectory is found without it) the newest files are read: crashes with the line of the app, repeated starts, ports.',
  }),
  seenRule({
    code: 'SEEN_UNKNOWN',
    severity: 'info',
    title: 'The text is not in the list of known texts',
    why: 'The doctor draws no conclusion from it.',
    what: 'A text that is not known is no fault. Give more of it: the whole page, the whole console, the stack.',
  }),
];
