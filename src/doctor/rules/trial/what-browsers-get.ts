import type { ProbeStep } from '../../../probe/index.js';
import { iisnodeSock } from '../../../typed-command.js';
import { failuresOf } from '../../trial/outcome.js';
import type { RuleFinding, TrialFacts, TrialRule } from '../../types.js';
import { missingFiles } from '../missing-files.js';
import { helpRefused, refusedByPolicy, whyRefused } from '../refused-by-policy.js';
import { helpUnfinished, neverEnds, unfinishedPages, whyUnfinished } from '../unfinished-pages.js';

const help = (what: string): string =>
  `The doctor started the app in its own IIS and sent it the requests of a browser: the page, the files that it loads, socket.io's client
script, the handshake, polls of one session, the WebSocket. ${what} ${iisnodeSock} trace shows which rule and handler IIS chooses
for the URL.`;

type Step = Exclude<ProbeStep['id'], 'expect'>;

function failedRule(id: Step, rule: Pick<TrialRule, 'code' | 'title' | 'why'> & { readonly what: string }): TrialRule {
  const { what, ...text } = rule;
  return {
    ...text,
    scope: 'trial',
    severity: 'error',
    help: help(what),
    check: (facts) =>
      failuresOf(facts.run)
        .filter((step) => step.id === id && step.missing === undefined && !neverEnds(step))
        .map((step) => findingOf(facts, step)),
  };
}

/** Without the address of the trial, which differs each time. */
function findingOf({ run, client }: TrialFacts, step: ProbeStep): RuleFinding {
  const { host } = new URL(run.url);
  const said = (text: string): string =>
    text
      .replaceAll(`http://${host}`, '')
      .replaceAll(host, 'HOST')
      .replace(/([?&])t=\w+&?/g, '$1')
      .replace(/[?&](?=[.\s]|$)/g, '');
  const { pathname } = new URL(step.url);
  const status = step.status === undefined || step.seen.includes(`${step.status}`) ? '' : `${step.status}, `;
  const fix = step.next === undefined ? undefined : fixOf(step.next);
  const at = step.askedBy === undefined ? undefined : client(step.askedBy);
  return {
    message: `${step.title.charAt(0).toUpperCase()}${step.title.slice(1)} at ${decoded(pathname)}: ${status}${said(step.seen)}.`,
    ...(step.why !== undefined && { why: `${said(step.why)}.` }),
    ...(fix !== undefined && { fix: said(fix) }),
    ...(at && { at }),
  };
}

/** What to do, without the commands that are for a live app, and without the doctor, which is at work. */
function fixOf(next: string): string | undefined {
  const parts = next.split('; ').filter((part) => !/iisnode-sock (logs|status|doctor)/.test(part));
  return parts.length === 0 ? undefined : parts.join('; ');
}

function decoded(pathname: string): string {
  try {
    return decodeURI(pathname);
  } catch {
    return pathname;
  }
}

const fileMissing: TrialRule = {
  code: 'PAGE_FILE_MISSING',
  scope: 'trial',
  severity: 'error',
  title: 'A file that the page loads is not there',
  why: 'The page is shown without it: a missing script often means a page that does nothing.',
  help: help(
    'A script, style sheet or image of the page was not answered. In a virtual directory an address that begins with / leads to the root of the site: write it relative, or start the app through the loader. A missing image is a warning.',
  ),
  check: ({ run }) =>
    failuresOf(run)
      .concat(run.steps.filter(({ ok }) => ok))
      .flatMap((step) =>
        missingFiles(
          step,
          ({ address, page, line, seen }) => `${address} (${new URL(page).pathname}:${line}): ${seen}`,
          step.next && (fixOf(step.next) ?? step.next),
        ),
      ),
};

const pageNeverEnds: TrialRule = {
  code: 'PAGE_NEVER_ENDS',
  scope: 'trial',
  severity: 'error',
  title: 'The page is never ended',
  why: whyUnfinished,
  help: help(helpUnfinished),
  check: ({ run }) =>
    failuresOf(run)
      .concat(run.steps.filter(({ ok }) => ok))
      .flatMap((step) => unfinishedPages(step, decoded(new URL(step.url).pathname))),
};

const policyRefuses: TrialRule = {
  code: 'PAGE_POLICY_REFUSES',
  scope: 'trial',
  severity: 'error',
  title: 'The policy of the page keeps it from its sockets',
  why: whyRefused,
  help: help(helpRefused),
  check: ({ run }) =>
    run.steps.flatMap((step) =>
      refusedByPolicy(step, decoded(new URL(step.url).pathname), (url) => pathOnHost(url, new URL(run.url).host)),
    ),
};

const pathOnHost = (url: string, host: string): string =>
  URL.canParse(url) && new URL(url).host === host ? decoded(new URL(url).pathname) : url;

/** One rule for each step of the look at the app. */
export const whatBrowsersGet: readonly TrialRule[] = [
  failedRule('page', {
    code: 'PAGE_FAILED',
    title: 'The page does not come',
    why: 'Visitors see an error instead of the app.',
    what: 'The app answered its own URL with an error, or IIS did in its place (no default document, no rule for the URL). A page that is not there is no fault while the sockets answer.',
  }),
  fileMissing,
  pageNeverEnds,
  policyRefuses,
  failedRule('client-script', {
    code: 'CLIENT_SCRIPT_FAILED',
    title: "socket.io's client script does not come",
    why: 'Without it the page says "io is not defined".',
    what: 'socket.io serves its client script itself, below its own path: no rule sends that path to node, or the server has another one.',
  }),
  failedRule('handshake', {
    code: 'HANDSHAKE_FAILED',
    title: 'The handshake of socket.io fails',
    why: 'No client gets a session, with any transport.',
    what: 'The handshake of Engine.IO was refused, or something else than socket.io answered: the paths of server, client and rewrite rule differ, or another rule takes the request.',
  }),
  failedRule('polls', {
    code: 'SESSION_LOST',
    title: 'Polls of one session reach processes that do not know it',
    why: 'Clients on polling get 400 "Session ID unknown" and reconnect forever.',
    what: 'Ten polls of one session were sent, and not all reached the process that knows it: several node processes without sticky sessions; or the handler has verb="GET", so that a POST reaches no process at all.',
  }),
  failedRule('websocket', {
    code: 'WEBSOCKET_FAILED',
    title: 'The WebSocket does not open',
    why: 'Clients of socket.io stay on polling; where polling is not allowed, and without socket.io, no client can connect.',
    what: 'The upgrade was not answered with 101: IIS answers it itself where <webSocket enabled="false" /> is missing, or no rule sends it to node.',
  }),
];
