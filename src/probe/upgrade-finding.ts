import { authorOf, type Explanation, explainNoAnswer, explainOtherPath } from './explain.js';
import { explainUpgrade, explainWrongAnswer } from './explain-upgrade.js';
import type { Finding } from './finding.js';
import { signsOf } from './signs.js';
import type { UpgradeOutcome } from './web-socket.js';

/** What is known of the socket besides its outcome. */
export interface UpgradeContext {
  readonly isPlain: boolean;
  /** No socket.io answered the handshake. */
  readonly isAbsent?: boolean;
  /** The app itself answered the handshake. */
  readonly isAlive?: boolean;
  readonly namespace?: string;
  readonly askedBy?: string | undefined;
}

/** What the outcome of an upgrade means. */
export function upgradeFinding(url: URL, outcome: UpgradeOutcome, context: UpgradeContext): Finding {
  const { isPlain, isAbsent = false, isAlive = false, namespace = '/' } = context;
  const base = { url: url.href.replace(/^http/, 'ws') };
  if (outcome.kind === 'open') return { ...base, ...openFinding(outcome, isPlain, namespace, context.askedBy) };
  if (outcome.kind === 'failed') {
    const wrong = explainWrongAnswer(outcome.error);
    if (wrong !== undefined) return { ...base, status: 101, ok: false, seen: outcome.error.message, problem: wrong };
    const problem = isAbsent ? explainOtherPath('the upgrade got no answer') : explainNoAnswer(outcome.error);
    return { ...base, status: undefined, ok: false, seen: 'no answer', problem };
  }
  const { status, body } = outcome;
  const seen = `HTTP ${status} instead of 101`;
  // A server of `ws` has these words for verifyClient, and IIS's own sign-in another challenge.
  const isOwn =
    isPlain && (status === 401 || status === 403) && authorOf(body) !== 'iis' && outcome.challenge !== undefined;
  if (isOwn && !/\b(Negotiate|NTLM)\b/i.test(outcome.challenge ?? '')) {
    return { ...base, status, ok: true, seen, note: 'the app refuses this visitor: it requires a login' };
  }
  const problem = explainUpgrade(outcome, isPlain);
  const signs = signsOf(outcome);
  const { subStatus } = signs;
  if (isAbsent && isAlive && subStatus === 1013)
    return { ...base, status, ok: false, seen, problem: endedByEngine, signs };
  const isUnproved = problem.symptom === 'ws-module-owner' && isAbsent && subStatus !== 11;
  return { ...base, status, ok: false, seen, problem: isUnproved ? withoutEvidence(status) : problem, signs };
}

/**
 * An upgrade that engine.io has no path for: it closes a new connection after 1 s (destroyUpgradeTimeout), which iisnode answers with
 * 500.1013, and never closes one of iisnode's pool, since that has carried a response before (bytesWritten).
 */
const endedByEngine = explainOtherPath('the app closed the connection of the upgrade without an answer');

/** Where the app does not answer at this path, nothing proves that the module took the upgrade from it. */
const withoutEvidence = (status: number): Explanation => ({
  ...explainOtherPath(`the upgrade is answered with ${status}, as the handshake is refused`),
});

function openFinding(
  { event, refused, connection }: Extract<UpgradeOutcome, { kind: 'open' }>,
  isPlain: boolean,
  namespace: string,
  client = 'the page',
): Omit<Finding, 'url'> {
  const base = { status: 101, connection };
  if (refused !== undefined && /^invalid namespace$/i.test(refused)) {
    const problem: Explanation = {
      why: `the client (${client}) asks for the namespace ${namespace}, which the server does not have`,
      next: `io('${namespace}') names a namespace, not a path: io({ path: '...' }) says where socket.io is; or io.of('${namespace}') in the server`,
      symptom: 'namespace',
    };
    return { ...base, ok: false, seen: `open; ${refused}`, problem };
  }
  if (refused !== undefined) {
    return { ...base, ok: true, seen: `open; the app requires more to connect: ${refused}`, refused };
  }
  const first = isPlain ? `message: ${event}` : `event "${event}"`;
  const seen = event === undefined ? `open; no ${isPlain ? 'message' : 'event'} yet` : `open, first ${first}`;
  return { ...base, ok: true, seen };
}
