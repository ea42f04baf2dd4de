import type { TrialRule } from '../../types.js';
import { appCrashed } from './app-crashed.js';
import { appEnded } from './app-ended.js';
import { appListenedElsewhere } from './app-listened-elsewhere.js';
import { appNeverListened } from './app-never-listened.js';
import { appNotStarted } from './app-not-started.js';
import { configRefused } from './config-refused.js';
import { trialUndecided } from './trial-undecided.js';
import { whatBrowsersGet } from './what-browsers-get.js';

/** The rules about what happened when the doctor started the app. */
export const trialRules: readonly TrialRule[] = [
  configRefused,
  appNotStarted,
  appCrashed,
  appEnded,
  appNeverListened,
  appListenedElsewhere,
  ...whatBrowsersGet,
  trialUndecided,
];
