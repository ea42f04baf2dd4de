import type { ProbeStep } from '../../probe/index.js';
import type { LiveFacts, LiveRule, RuleFinding } from '../types.js';
import { addressLimited } from './live/address-limited.js';
import { causesOf, fixFor } from './live/causes/index.js';
import { certificateDates } from './live/certificate-dates.js';
import { certificateName } from './live/certificate-name.js';
import { certificateUntrusted } from './live/certificate-untrusted.js';
import { connectionFails } from './live/connection-fails.js';
import { debuggerExposed } from './live/debugger-exposed.js';
import { findingOf } from './live/define-live-rule.js';
import { logsExposed } from './live/logs-exposed.js';
import { nameNotFound } from './live/name-not-found.js';
import { packagesExposed } from './live/packages-exposed.js';
import { redirectLoop } from './live/redirect-loop.js';
import { redirectToHttp } from './live/redirect-to-http.js';
import { secretsExposed } from './live/secrets-exposed.js';
import { sourceExposed } from './live/source-exposed.js';
import { tlsFails } from './live/tls-fails.js';
import { missingFiles } from './missing-files.js';
import { helpRefused, refusedByPolicy, whyRefused } from './refused-by-policy.js';
import { helpUnfinished, neverEnds, unfinishedPages, whyUnfinished } from './unfinished-pages.js';

const help = (what: string): string =>
  `The doctor sends the requests of a browser to the live app, in the same order: the page, socket.io's client script, the handshake, polls of
one session, the WebSocket, each as the page's own clients ask for it. For an app whose page opens plain WebSockets it tests the page and one WebSocket. ${what}
Run the doctor in the app's folder as well: there it sees the cause, not only the effect, and can fix it.`;

/** Adds the status where the text does not have it. */
const seenOf = ({ status, seen }: ProbeStep): string =>
  status === undefined || seen.includes(`HTTP ${status}`) ? seen : `${status}, ${seen}`;

/** What has a rule of its own: a page that is shown, though files that it loads do not come; redirects that do not end; what is known of sockets. */
const hasOwnRule = ({ symptom }: ProbeStep): boolean =>
  /^(?:file-missing|page-never-ends|redirect-loop|namespace|eio-mismatch|upgrade-answer|post-refused)$/.test(
    symptom ?? '',
  );

function failures(facts: LiveFacts, id: ProbeStep['id']): RuleFinding[] {
  const { probe } = facts;
  // Another generation of socket.io is the one cause of all that its server does not answer.
  if (probe.sockets?.generation !== undefined && (id === 'handshake' || id === 'websocket')) return [];
  return probe.steps
    .filter((step) => step.id === id && !step.ok && !hasOwnRule(step))
    .map((step) => {
      const found = { ...findingOf(step, { what: seenOf(step) }), ...causesOf(step, facts) };
      const fix = fixFor(found.causes, step.next);
      return { ...found, ...(fix !== undefined && { fix }) };
    });
}

function liveRule(
  id: ProbeStep['id'],
  rule: Pick<LiveRule, 'code' | 'title' | 'why'> & { readonly what: string },
): LiveRule {
  const { code, title, why, what } = rule;
  return {
    code,
    scope: 'live',
    severity: 'error',
    title,
    why,
    help: help(what),
    check: (facts) => failures(facts, id),
  };
}

/** The files of the page, each with the line that names it. */
const fileMissing: LiveRule = {
  code: 'LIVE_FILE_MISSING',
  scope: 'live',
  severity: 'error',
  title: 'A file that the page loads does not arrive',
  why: 'The page is shown without it: a missing script often means a page that does nothing.',
  help: help(
    'It fetches the scripts, style sheets and images of the page that are on the same host. A missing image is a warning. In a virtual directory an address that begins with / leads to the root of the site: write it relative, start the app through the loader, or give the app a site of its own.',
  ),
  check: ({ probe }) =>
    probe.steps.flatMap((step) =>
      missingFiles(
        step,
        ({ address, page, line, seen, url }) => `${address} (${page}:${line}): ${seen}, at ${url}`,
        step.next,
      ),
    ),
};

const pageNeverEnds: LiveRule = {
  code: 'LIVE_PAGE_NEVER_ENDS',
  scope: 'live',
  severity: 'error',
  title: 'The page is never ended',
  why: whyUnfinished,
  help: help(helpUnfinished),
  check: ({ probe }) => probe.steps.flatMap((step) => unfinishedPages(step, step.url)),
};

const policyRefuses: LiveRule = {
  code: 'LIVE_POLICY_BLOCKS_CLIENT',
  scope: 'live',
  severity: 'error',
  title: 'A Content-Security-Policy keeps the page from its sockets',
  why: whyRefused,
  help: help(helpRefused),
  check: ({ probe }) => probe.steps.flatMap((step) => refusedByPolicy(step, step.url)),
};

/** What is right, and not what one may think. */
const note: LiveRule = {
  code: 'LIVE_NOTE',
  scope: 'live',
  severity: 'info',
  title: 'Something could not be checked, or is not what one expects',
  why: 'It is not a fault.',
  help: help(
    'A missing page is not a fault while the sockets answer; neither is a login that refuses the doctor, nor a redirect to another host, which it does not follow. --expect /path=200 checks further URLs.',
  ),
  check({ probe }) {
    const hosts = new Set<string>();
    return probe.steps.flatMap((step) => {
      const { title, url, note: said, missing, elsewhere } = step;
      if (said === undefined || missing !== undefined || neverEnds(step)) return [];
      // Page and sockets redirected to one host are one thing to know.
      if (elsewhere !== undefined && hosts.has(elsewhere)) return [];
      if (elsewhere !== undefined) hosts.add(elsewhere);
      return [{ message: `${title} at ${url}: ${said}.` }];
    });
  },
};

/** What lies below HTTP, then one rule for each step of the probe, then what more is seen. */
export const liveRules: readonly LiveRule[] = [
  nameNotFound,
  connectionFails,
  tlsFails,
  certificateUntrusted,
  certificateDates,
  certificateName,
  redirectLoop,
  liveRule('page', {
    code: 'LIVE_PAGE_FAILS',
    title: 'The page does not answer as it should',
    why: 'Visitors see an error instead of the app.',
    what: 'The page comes first: if nothing listens there, or IIS or iisnode cannot start the app, the other requests are not sent. It is the URL of the app with its redirects followed. A page that is not there (404, a login, no answer within 10 s) is not an error if the sockets answer.',
  }),
  fileMissing,
  pageNeverEnds,
  policyRefuses,
  liveRule('client-script', {
    code: 'LIVE_CLIENT_SCRIPT_FAILS',
    title: "socket.io's client script does not arrive",
    why: 'Without it the page says "io is not defined".',
    what: "socket.io/socket.io.js is served by socket.io itself, so its absence means that no rule sends socket.io's URLs to node, or that the path differs.",
  }),
  liveRule('handshake', {
    code: 'LIVE_HANDSHAKE_FAILS',
    title: 'The handshake fails',
    why: 'No client gets a session, with any transport.',
    what: "An app that allows only the websocket transport may refuse polling; that is not an error unless the page's client begins with polling. An app that refuses strangers (allowRequest, a middleware) is not an error.",
  }),
  liveRule('polls', {
    code: 'LIVE_SESSION_LOST',
    title: 'Polls of one session reach processes that do not know it',
    why: 'Clients on polling get 400 "Session ID unknown" and reconnect forever.',
    what: 'The doctor makes one handshake, then ten polls with its session and its cookies: the server must know the session each time. Several node processes without sticky sessions, or several machines without affinity, fail for some of them. Sticky sessions and affinity are a cookie (iisnode.session.cookie, ARRAffinity) that the client must send back: the doctor does, browsers do on pages of the same origin, socket.io-client 4.7 and later in node does only with withCredentials: true, in version 2 you must set the Cookie header yourself. An app that allows only the websocket transport is not tested.',
  }),
  liveRule('websocket', {
    code: 'LIVE_WEBSOCKET_FAILS',
    title: 'The WebSocket does not open',
    why: 'Clients of socket.io stay on polling; where polling is not allowed, and without socket.io, no client can connect.',
    what: 'On IIS the usual cause is a missing <webSocket enabled="false" />: IIS then answers the upgrade itself.',
  }),
  liveRule('expect', {
    code: 'LIVE_EXPECTATION_FAILS',
    title: 'A URL does not answer as expected',
    why: 'You named the status with --expect.',
    what: '--expect /health=200 sends one request to a URL below the app, without following a redirect, and compares the status.',
  }),
  secretsExposed,
  sourceExposed,
  logsExposed,
  debuggerExposed,
  packagesExposed,
  redirectToHttp,
  addressLimited,
  note,
];
