import { judgePlanned } from '../../src/doctor/index.js';
import { init as initApp } from '../../src/scaffold/index.js';
import type { InitOptions, InitResult, InitTalk } from '../../src/scaffold/types.js';

/** init with the doctor as its judge, like the command. */
export const init = (options: InitOptions, talk: InitTalk): Promise<InitResult> =>
  initApp(options, talk, ({ directory, ...app }) => judgePlanned({ cwd: directory, ...app }));

/** The same for an app without the loader, unless the options differ. */
export const initWithoutLoader = (options: InitOptions, talk: InitTalk): Promise<InitResult> =>
  init({ loader: 'never', ...options }, talk);
