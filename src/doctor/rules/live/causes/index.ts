import type { ProbeStep } from '../../../../probe/index.js';
import { fold } from '../../../seen/fold.js';
import { recognise } from '../../../seen/recognise.js';
import type { LiveFacts, RankedCause, RuleFinding } from '../../../types.js';
import { handshakeRefused } from './handshake-refused.js';
import { type LiveCauses, rankCauses } from './live-cause.js';
import { pollHeld } from './poll-held.js';
import { sessionLost } from './session-lost.js';
import { socketNotFound } from './socket-not-found.js';
import { badGateway, unavailable } from './unavailable.js';
import { upgradeRefused } from './upgrade-refused.js';

type Causes = Pick<RuleFinding, 'causes' | 'apart'>;

/** A failing request with its causes, the likeliest first; without them where only one is thinkable, or none is known. */
export function causesOf(step: ProbeStep, facts: LiveFacts): Causes {
  const list = listFor(step) ?? known(step);
  return list === undefined ? {} : rankCauses(list, { step, facts });
}

/** Causes of a poll whose answer is kept on its way. */
export const causesOfHeldPoll = (facts: LiveFacts): Causes => ofSession(pollHeld, facts);

/** Causes of a session that is not known. */
export const causesOfLostSession = (facts: LiveFacts): Causes => ofSession(sessionLost, facts);

/** What was seen besides the steps, after a handshake that opened a session. */
function ofSession(list: LiveCauses, facts: LiveFacts): Causes {
  const step = facts.probe.steps.find(({ id }) => id === 'handshake');
  return step === undefined ? {} : rankCauses(list, { step, facts });
}

/** The remedy of the likeliest cause, where something speaks for it; else the one of the step. */
export function fixFor(causes: readonly RankedCause[] | undefined, next: string | undefined): string | undefined {
  const [first] = causes ?? [];
  return first?.evidence !== undefined ? first.fix : next;
}

/** What no list of its own is needed for: the page of IIS or iisnode names one of these. */
const isNamed = ({ signs }: ProbeStep): boolean =>
  signs?.by === 'iisnode' ||
  (signs?.subStatus !== undefined && !/^(?:400|403|404|50[234])\.[0-4]$/.test(`${signs.status}.${signs.subStatus}`));

function listFor(step: ProbeStep): LiveCauses | undefined {
  const { id, status, signs, symptom } = step;
  if (id === 'polls') return symptom === 'sticky' ? sessionLost : undefined;
  if (signs === undefined || isNamed(step)) return undefined;
  if (status === 502 || status === 504) return badGateway;
  if (status === 503) return symptom === 'azure-switch' ? undefined : unavailable;
  if (symptom === 'localhost' || symptom === 'other-port') return undefined;
  if (id === 'websocket') return /^(?:rule-order|service)$/.test(symptom ?? '') ? undefined : upgradeRefused;
  if (id !== 'client-script' && id !== 'handshake') return undefined;
  if (status === 404 || status === 200) return socketNotFound;
  return status === 400 ? handshakeRefused : undefined;
}

/** The causes of the known texts, where the answer has one: a status of IIS or iisnode, an error of node in its page. */
function known({ signs }: ProbeStep): LiveCauses | undefined {
  if (signs === undefined) return undefined;
  const code = signs.subStatus === undefined ? String(signs.status) : `${signs.status}.${signs.subStatus}`;
  const error = signs.hresult === undefined ? '' : `\nError Code ${signs.hresult}`;
  const families = ['node', 'iisnode', 'iis', 'configuration'];
  const found = recognise({ text: `HTTP Error ${code}${error}\n${signs.text}`, only: families });
  // A status without its sub-status fits every page of that status: the one at hand says more.
  const fits = found.filter(
    ({ known: { status, text = [] } }) =>
      status === undefined || status.includes(code) || text.some((pattern) => pattern.test(signs.text)),
  );
  const [first] = fold(fits);
  if (first === undefined) return undefined;
  const { causes, apart } = first.known;
  const speaks = (text: RegExp) => () => (text.test(signs.text) ? 'the answer says so' : undefined);
  return { apart, causes: causes.map((cause) => ({ ...cause, ...(cause.when && { speaks: speaks(cause.when) }) })) };
}
