import type { Journey } from '../journey.js';
import { pathSetting } from '../path-config.js';
import type { Stage } from '../stage.js';
import { type Step, stepAt } from '../step.js';

const checked = pathSetting(({ model, at }) => {
  model.check(at);
  // The list of modules decides which modules see the request.
  model.effective('system.webServer/modules', at);
});

/**
 * Every file on the path to the URL, and the list of modules, is read before any module runs; an error in one is 500.19
 * (KB942055).
 */
export const configuration: Stage = {
  name: 'IIS Web Core',
  implements: ['configSections', 'configProtectedData', 'system.webServer/modules', 'system.webServer/globalModules'],
  check: checked,
  decide(journey) {
    checked(journey.config);
    const { config } = journey;
    journey.note(() => uncheckedSections(config));
    return undefined;
  },
};

/** Sections that the model does not check. The server's own sections that are not about node are not reported. */
function uncheckedSections({ model, at }: Journey['config']): readonly Step[] {
  const [server] = model.files;
  return model
    .notes(at)
    .filter(({ kind, origin }) => kind !== 'not-judged' || origin.file !== server)
    .map(({ section, message, origin }) => stepAt('configuration', { input: section, note: message }, origin));
}
