import { pathSetting } from '../path-config.js';
import { chooseHandler, type HandlerChoice, readHandlers } from '../sections/handler-mapping.js';
import { conditionsOf } from '../sections/server-facts.js';
import type { Stage } from '../stage.js';
import { type Step, stepAt } from '../step.js';

/** system.webServer/handlers of a path. Throws ConfigError. */
const handlersAt = pathSetting(({ model, at }) => readHandlers(model, at));

/** MapRequestHandler: the first mapping that matches the current URL. */
export const handlerMapping: Stage = {
  name: 'HandlerMapping',
  implements: ['system.webServer/handlers'],
  check: handlersAt,
  decide(journey) {
    const { path, config } = journey;
    const choice = chooseHandler(handlersAt(config), {
      path,
      verb: journey.request.method,
      target: (urlPath) => journey.targetAt(urlPath),
      conditions: conditionsOf(config.model, config.at.application),
    });
    journey.handler = choice;
    journey.note(() => handlerSteps(path, choice));
    return choice.failure && { kind: 'error', failure: choice.failure };
  },
};

/** The mappings that did not match, with the reason, and the one that does. */
function handlerSteps(
  path: string,
  { mapping, failure, script, pathInfo, passedOver }: HandlerChoice,
): readonly Step[] {
  const steps = passedOver.map(({ mapping: { name, path: pattern, origin }, note }) =>
    stepAt('handler', { rule: name, matched: false, input: path, pattern, note }, origin),
  );
  if (mapping === undefined) {
    const note = failure?.detail ?? 'no handler mapping matches it';
    return [...steps, stepAt('handler', { matched: false, input: path, note })];
  }
  const taken = {
    rule: mapping.name,
    matched: true,
    input: path,
    pattern: mapping.path,
    result: `${mapping.modules.join(', ')} at ${script}${pathInfo}`,
    ...(failure !== undefined && { note: failure.detail }),
  };
  return [...steps, stepAt('handler', taken, mapping.origin)];
}
