import type { HostEvent, ProcessEnd } from '../../host/index.js';
import type { ProbeStep } from '../../probe/index.js';
import { isOfModule } from './module-failure.js';
import type { ExitCall, Listen } from './observations.js';
import type { TrialRun } from './run-trial.js';

/** A place in the app; the line counts from 1. */
export interface TrialPlace {
  readonly file: string;
  readonly line?: number;
}

/** What became of the app in a trial. */
export type Outcome =
  | { readonly kind: 'config-refused'; readonly event: HostEvent }
  | { readonly kind: 'not-started'; readonly event: HostEvent }
  | { readonly kind: 'crashed'; readonly end: ProcessEnd; readonly at: TrialPlace }
  | { readonly kind: 'ended'; readonly end: ProcessEnd; readonly call: ExitCall | undefined }
  | { readonly kind: 'listened-elsewhere'; readonly listen: Listen }
  | { readonly kind: 'never-listened' }
  /** Something that a trial does not have decided what happened. */
  | { readonly kind: 'undecided'; readonly because: string; readonly at?: TrialPlace }
  | { readonly kind: 'answers' };

/** What a look at the app failed at, besides what its process's end explains. */
export function failuresOf(run: TrialRun): readonly ProbeStep[] {
  const { kind } = outcomeOf(run);
  const failed = run.steps.filter((step) => !step.ok && isMeant(run, step));
  if (kind === 'answers') return failed;
  if (kind !== 'crashed' && kind !== 'ended') return [];
  return failed.filter(({ symptom, missing }) => isReported(symptom) || missing !== undefined);
}

/** A symptom that the end of a node process does not cause. */
const isReported = (symptom: string | undefined): boolean =>
  symptom !== undefined && !isOfModule(symptom) && !/^(no-answer|no-rewrite)$/.test(symptom);

/** Is it asked for: by the page or the sources? Where neither names a page or sockets, that there are none is no fault. */
function isMeant({ steps, sources }: TrialRun, { id, status }: ProbeStep): boolean {
  if (sources === undefined) return true;
  const hasSockets = sources.socketIo !== undefined || steps.some((step) => step.id === 'client-script');
  if (id === 'handshake') return hasSockets;
  return id !== 'page' || sources.hasPage || (status !== 403 && status !== 404);
}

const known = new WeakMap<TrialRun, Outcome>();

/** The outcome of a trial: the first cause that explains all the rest. */
export function outcomeOf(run: TrialRun): Outcome {
  const before = known.get(run);
  if (before !== undefined) return before;
  const outcome = decide(run);
  known.set(run, outcome);
  return outcome;
}

function decide(run: TrialRun): Outcome {
  const { events, steps } = run;
  const said = (...codes: readonly string[]): HostEvent | undefined => events.find(({ code }) => codes.includes(code));
  const hasFailed = steps.length === 0 || steps.some(({ ok }) => !ok);
  const refused = said('CONFIG_ERROR', 'IISNODE_SETTINGS_INVALID', 'IISNODE_YML_INVALID');
  if (refused !== undefined && hasFailed) return { kind: 'config-refused', event: refused };
  const notStarted = said('NODE_NOT_FOUND', 'START_FAILED', 'SCRIPT_MISSING');
  if (notStarted !== undefined) return { kind: 'not-started', event: notStarted };
  const exited = said('PROCESS_EXITED');
  if (exited?.ended !== undefined) return endOf(run, exited, exited.ended);
  if (said('NEVER_LISTENED') !== undefined || isUnheard(run)) return withoutPipe(run);
  const dead = steps.find(({ ok, status }) => !ok && (status === undefined || status >= 500));
  const [host] = run.seen.refused;
  return dead !== undefined && host !== undefined ? needs(host) : { kind: 'answers' };
}

/** Errors of connections that fail: to what is not there in a trial, and may be there on the server. */
const connectionError =
  /\b(?:connect E[A-Z]+|getaddrinfo E[A-Z_]+|query E[A-Z_]+|ECONNREFUSED|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ServerSelection|SequelizeConnection\w*|ConnectionRefused\w*)\b/;

function endOf({ seen }: TrialRun, { file = '', line }: HostEvent, end: ProcessEnd): Outcome {
  const at: TrialPlace = { file, ...(line !== undefined && { line }) };
  const [host] = seen.refused;
  if (connectionError.test(end.text)) {
    const to = /\b(?:connect|getaddrinfo|query) \w+ ([^\s()]+)/.exec(end.text)?.[1] ?? host;
    return { ...needs(to ?? 'a service'), at };
  }
  const call = seen.exits.at(-1);
  const isOwn = call !== undefined || (end.signal === null && (end.code === 0 || end.code === 13));
  if (!isOwn) return { kind: 'crashed', end, at };
  if (host !== undefined) return needs(host);
  return { kind: 'ended', end, call };
}

/** Was nothing heard of it, and no pipe made? On a busy machine the host does not come to its last try in time. */
const isUnheard = ({ listensOn, steps, seen }: TrialRun): boolean =>
  listensOn === 'pipe' &&
  steps.length > 0 &&
  steps.every(({ ok, status }) => !ok && status === undefined) &&
  seen.listens.every(({ path }) => path === undefined);

/** Above this use of its event loop an app is still at work. */
const idle = 0.2;

function withoutPipe({ seen, patience }: TrialRun): Outcome {
  const late = { kind: 'undecided', because: `it was still starting after ${Math.round(patience / 1000)} s` } as const;
  // It has its pipe by now: the host did not wait as long.
  if (seen.listens.some(({ path, isGiven }) => path !== undefined && isGiven)) return late;
  const listen = seen.listens.findLast(({ port }) => port !== undefined) ?? seen.listens.at(-1);
  if (listen !== undefined) return { kind: 'listened-elsewhere', listen };
  const [host] = seen.refused;
  if (host !== undefined) return needs(host);
  if (seen.busy !== undefined && seen.busy < idle) return { kind: 'never-listened' };
  return late;
}

const needs = (host: string): { readonly kind: 'undecided'; readonly because: string } => ({
  kind: 'undecided',
  because: `it connects to ${host}, which does not answer in a trial`,
});
