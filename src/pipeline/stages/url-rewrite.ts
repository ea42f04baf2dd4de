import {
  type CompiledRewrite,
  compileRewrite,
  type RewriteResult,
  readRewriteConfig,
  rewrite,
} from '../../rewrite/index.js';
import type { Journey, Outcome } from '../journey.js';
import { pathSetting } from '../path-config.js';
import { otherPool, rewriteFailure } from '../sections/rewrite-outcome.js';
import type { Stage } from '../stage.js';
import { rewriteSteps } from './rewrite-steps.js';

const configAt = pathSetting(({ model, at }) => readRewriteConfig(model, at));
/** Global rules run before request filtering, the others after it, so each kind is compiled separately. */
const globalAt = pathSetting((config) =>
  compiled(configAt(config).globalRules.length > 0, () => compileRewrite({ ...configAt(config), rules: [] })),
);
const distributedAt = pathSetting((config) =>
  compiled(configAt(config).rules.length > 0, () => compileRewrite({ ...configAt(config), globalRules: [] })),
);

function compiled(isWanted: boolean, compile: () => CompiledRewrite): CompiledRewrite | undefined {
  return isWanted ? compile() : undefined;
}

/** Only the rules of applicationHost.config, before request filtering. */
export const globalRules: Stage = {
  name: 'RewriteModule (global rules)',
  implements: ['system.webServer/rewrite/globalRules'],
  check: globalAt,
  decide: (journey) => runRules(journey, globalAt(journey.config), 'global-rewrite'),
};

/** The rules of the web.config files on the path, and what they need. */
export const urlRewrite: Stage = {
  name: 'RewriteModule',
  implements: [
    'system.webServer/rewrite/rules',
    'system.webServer/rewrite/rewriteMaps',
    'system.webServer/rewrite/allowedServerVariables',
  ],
  check: distributedAt,
  decide: (journey) => runRules(journey, journey.place.rules ?? distributedAt(journey.config), 'rewrite'),
};

function runRules(
  journey: Journey,
  rules: CompiledRewrite | undefined,
  stage: 'global-rewrite' | 'rewrite',
): Outcome | undefined {
  if (rules === undefined || journey.proxied !== undefined) return undefined;
  const before = journey.rewritten;
  const start = { path: journey.path, query: journey.query };
  const result = rewrite(journey.request, rules, journey.rewriteSite, before === undefined ? {} : { after: before });
  journey.rewritten = result;
  journey.note(() => rewriteSteps(stage, rules, before ?? start, result));
  return outcomeOf(journey, result);
}

function outcomeOf(journey: Journey, result: RewriteResult): Outcome | undefined {
  const { outcome } = result;
  switch (outcome.kind) {
    case 'pass':
      return undefined;
    case 'rewrite': {
      const before = journey.config.at;
      journey.moveTo(result.path, result.query);
      const failed = otherPool(before, journey.config.at);
      return failed && { kind: 'error', failure: failed };
    }
    case 'redirect':
      return { kind: 'redirect', status: outcome.status, location: outcome.location, by: 'rewrite' };
    case 'abort':
      return { kind: 'abort' };
    case 'proxy':
      journey.proxied = outcome.url;
      return undefined;
    default: {
      const failed = rewriteFailure(outcome);
      if (failed !== undefined) return { kind: 'error', failure: failed };
      if (outcome.kind !== 'custom') return undefined;
      const { status, reason, description } = outcome;
      return { kind: 'custom-response', status, reason, description };
    }
  }
}
