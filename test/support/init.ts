import { judgePlanned } from '../../src/doctor/index.js';
import { init as initApp } from '../../src/scaffold/index.js';
import type { InitOptions, InitResult, InitTalk } from '../../src/scaffold/types.js';

/** init with the doctor for its judge, as the command has it. */
export const init = (options: InitOptions, talk: InitTalk): Promise<InitResult> =>
  initApp(options, talk, ({ directory, ...app }) => judgePlanned({ cwd: directory, ...app }));

/** The same for an app that is to run without the loader, unless the options say otherwise. */
export const initWithoutLoader = (options: InitOptions, talk: InitTalk): Promise<InitResult> =>
  init({ loader: 'never', ...options }, talk);
