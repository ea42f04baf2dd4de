import { ConfigError, type ConfigModel } from '../config/index.js';
import { Journey, type Outcome } from './journey.js';
import type { PipelineRequest, PipelineSite } from './request.js';
import { configErrorText, configFailure } from './sections/config-failure.js';
import { failure } from './sections/failure.js';
import { handlerMapping } from './stages/handler-mapping.js';
import { stages } from './stages.js';
import { type Step, stepAt } from './step.js';

/** Where a URL goes and why: the request as the stages left it, and its outcome. */
export interface Decision {
  readonly outcome: Outcome;
  /** The request where it ended: its URL, configuration and handler, and every step on the way. */
  readonly journey: Journey;
}

/** A default document that names a folder with a default document that ...: IIS stops a chain of child requests too. */
const mostChildren = 8;

/**
 * Decides what becomes of a request: the one answer that `serve` acts on, `trace` prints and the doctor judges. Pure but for the
 * questions to `place.disk`. Never throws for a configuration: what is wrong with it is an outcome (500.19).
 */
export function decide(place: PipelineSite, request: PipelineRequest): Decision {
  const journey = new Journey(place, request);
  return { outcome: outcomeOf(journey, 0), journey };
}

/** The handler that a URL gets, and what it does, were it asked for behind the rules and request filtering. */
export function decideHandler(place: PipelineSite, request: PipelineRequest): Decision {
  const journey = new Journey(place, request);
  return { outcome: outcomeOf(journey, stages.indexOf(handlerMapping)), journey };
}

/** The URL of an error page (ExecuteURL), in the place of the request: it starts at handler mapping. Steps are its own. */
export function decideChild({ journey }: Decision, url: string): Decision {
  const [path = '/', query = ''] = url.split('?', 2);
  journey.forgetSteps();
  try {
    journey.moveToChild(path, query);
  } catch (error) {
    return { outcome: failed(journey, error), journey };
  }
  return { outcome: outcomeOf(journey, stages.indexOf(handlerMapping)), journey };
}

function outcomeOf(journey: Journey, from: number): Outcome {
  try {
    return throughStages(journey, from);
  } catch (error) {
    return failed(journey, error);
  }
}

function throughStages(journey: Journey, from: number): Outcome {
  let children = 0;
  for (let index = from; index < stages.length; index++) {
    const verdict = stages[index]?.decide(journey);
    if (verdict === undefined) continue;
    if (verdict !== 'child') return verdict;
    if (++children > mostChildren) break;
    index = stages.indexOf(handlerMapping) - 1;
  }
  return { kind: 'error', failure: failure(500, 0, 'Child requests lead to child requests without end.') };
}

/** A configuration that cannot be used is the answer; anything else is our own fault, and thrown on. */
function failed(journey: Journey, error: unknown): Outcome {
  if (!(error instanceof ConfigError)) throw error;
  const { model } = journey.config;
  journey.note(() => configErrorSteps(model, error));
  return { kind: 'error', failure: configFailure(error), configError: error };
}

function configErrorSteps(model: ConfigModel, error: ConfigError): readonly Step[] {
  const { file, line = 0, hresult } = error;
  const note = `${configErrorText(error)} (0x${hresult.toString(16)})`;
  const origin = file === undefined ? undefined : { file, line };
  return [stepAt('configuration', { matched: false, note }, origin), ...lockSteps(model, error)];
}

/** What locks a section, and how it is opened. */
function lockSteps(model: ConfigModel, { kind, section, lockedBy }: ConfigError): readonly Step[] {
  if (kind !== 'section-locked' || section === undefined) return [];
  const [server] = model.files;
  const isByWebConfig = lockedBy !== undefined && lockedBy.file !== server;
  const note = isByWebConfig
    ? `the <location> around <${section.split('/').at(-1)}> here locks it for the folders below`
    : `where the lock is the server's own: appcmd unlock config /section:${section}, which deploy does`;
  return [stepAt('configuration', { input: section, note }, lockedBy)];
}
