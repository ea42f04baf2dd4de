import type { Journey } from '../journey.js';
import { pathSetting } from '../path-config.js';
import type { Stage } from '../stage.js';
import { type Step, stepAt } from '../step.js';

const checked = pathSetting(({ model, at }) => {
  model.check(at);
  // The list of modules decides who sees the request at all.
  model.effective('system.webServer/modules', at);
});

/**
 * Every file on the way to the URL, and the list of modules, is read before any module acts; what is wrong with one is 500.19
 * (KB942055).
 */
export const configuration: Stage = {
  name: 'IIS Web Core',
  implements: ['configSections', 'configProtectedData', 'system.webServer/modules', 'system.webServer/globalModules'],
  check: checked,
  decide(journey) {
    checked(journey.config);
    const { config } = journey;
    journey.note(() => sectionsNotJudged(config));
    return undefined;
  },
};

/** What the model does not judge. The server's own sections for other things than node are no news. */
function sectionsNotJudged({ model, at }: Journey['config']): readonly Step[] {
  const [server] = model.files;
  return model
    .notes(at)
    .filter(({ kind, origin }) => kind !== 'not-judged' || origin.file !== server)
    .map(({ section, message, origin }) => stepAt('configuration', { input: section, note: message }, origin));
}
