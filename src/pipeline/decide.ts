import { ConfigError, type ConfigModel } from '../config/index.js';
import { Journey, type Outcome, type Verdict } from './journey.js';
import type { PipelineRequest, PipelineSite } from './request.js';
import { configErrorText, configFailure } from './sections/config-failure.js';
import { failure } from './sections/failure.js';
import { handlerMapping } from './stages/handler-mapping.js';
import { requestRouting } from './stages/request-routing.js';
import { globalRules, urlRewrite } from './stages/url-rewrite.js';
import { stages } from './stages.js';
import { type Step, stepAt } from './step.js';

/** Where a URL goes and why: the request after the stages, and its outcome. */
export interface Decision {
  readonly outcome: Outcome;
  /** The request at its end: its URL, configuration and handler, and every step. */
  readonly journey: Journey;
}

/** What the rules decided. */
export interface DecidedRules {
  readonly outcome: Outcome | undefined;
  readonly journey: Journey;
}

/** A default document can name a folder with a default document, and so on: IIS limits a chain of child requests too. */
const mostChildren = 8;

/**
 * Decides where a request goes: `serve` acts on the result, `trace` prints it and the doctor checks it. Pure except for the
 * reads through `place.disk`. Never throws for an invalid configuration: that is an outcome (500.19).
 */
export function decide(place: PipelineSite, request: PipelineRequest): Decision {
  const journey = new Journey(place, request);
  return { outcome: outcomeOf(journey, 0), journey };
}

/** The handler of a URL, and what it does, if the URL came from the rules and request filtering. */
export function decideHandler(place: PipelineSite, request: PipelineRequest): Decision {
  const journey = new Journey(place, request);
  return { outcome: outcomeOf(journey, stages.indexOf(handlerMapping)), journey };
}

/** Runs only the rewrite rules: `outcome` if a rule answers the request, else the journey has the new URL. */
export function decideRules(place: PipelineSite, request: PipelineRequest): DecidedRules {
  const journey = new Journey(place, request);
  try {
    for (const stage of [globalRules, urlRewrite]) {
      const verdict = stage.decide(journey);
      if (verdict !== undefined && verdict !== 'child') return { outcome: verdict, journey };
    }
    return { outcome: outcomeAlone(requestRouting.decide(journey)), journey };
  } catch (error) {
    return { outcome: failed(journey, error), journey };
  }
}

/** The URL of an error page (ExecuteURL) instead of the request: it starts at handler mapping and has its own steps. */
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

const outcomeAlone = (verdict: Verdict): Outcome | undefined => (verdict === 'child' ? undefined : verdict);

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
  return { kind: 'error', failure: failure(500, 0, 'Child requests lead to child requests in an endless chain.') };
}

/** An invalid configuration is an outcome; any other error is a bug of ours and is thrown again. */
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

/** What locks a section, and how to unlock it. */
function lockSteps(model: ConfigModel, { kind, section, lockedBy }: ConfigError): readonly Step[] {
  if (kind !== 'section-locked' || section === undefined) return [];
  const [server] = model.files;
  const isByWebConfig = lockedBy !== undefined && lockedBy.file !== server;
  const note = isByWebConfig
    ? `the <location> around <${section.split('/').at(-1)}> here locks it for the folders below`
    : `if the server itself locks it: appcmd unlock config /section:${section}, which deploy runs`;
  return [stepAt('configuration', { input: section, note }, lockedBy)];
}
