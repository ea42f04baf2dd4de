import { checkPlannedApp } from '../../src/doctor/index.js';
import { init as initApp } from '../../src/scaffold/index.js';
import type { InitOptions, InitResult, InitTalk } from '../../src/scaffold/types.js';

/** init with the doctor as its judge, like the command. */
export const init = (options: InitOptions, talk: InitTalk): Promise<InitResult> =>
  initApp(options, talk, checkPlannedApp);

/**
 * The same for an app without the loader, unless the options differ. Its apps are rarely written for a vdir path; the note that says so
 * is left out, and has a test of its own.
 */
export async function initWithoutLoader(options: InitOptions, talk: InitTalk): Promise<InitResult> {
  const result = await init({ loader: 'never', ...options }, talk);
  return { ...result, warnings: result.warnings.filter((warning) => !/ not fit \/.* on its own site/.test(warning)) };
}
