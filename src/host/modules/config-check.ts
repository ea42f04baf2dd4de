import type { PipelineModule } from '../pipeline/module.js';
import { pathSetting } from '../pipeline/path-config.js';

const checked = pathSetting(({ model, at }) => {
  model.check(at);
  // The list of modules decides who sees the request at all.
  model.effective('system.webServer/modules', at);
});

/**
 * Every file on the way to the URL, and the list of modules, is read before any module acts; what is wrong with one is 500.19
 * (KB942055).
 */
export const configCheck: PipelineModule = {
  name: 'IIS Web Core',
  implements: ['configSections', 'configProtectedData', 'system.webServer/modules', 'system.webServer/globalModules'],
  check: checked,
  onRequest(context) {
    checked(context.config);
    return 'next';
  },
};
