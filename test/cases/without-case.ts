import { rules } from '../../src/index.js';

const ofTheServer = 'it reads the applicationHost.config of a server, which is not in the folder of an app';

/** Rules that no folder of the library shows, each with the reason. */
export const withoutCase: Readonly<Record<string, string>> = {
  FILE_UNREADABLE:
    'a named pipe or a missing right is no file that a repository holds (test/doctor/unreadable.test.ts)',
  TRIAL_UNDECIDED: 'it needs a service that does not answer (test/doctor/trial/trial.test.ts)',
  INHERITED_RULE_TAKES_APP: ofTheServer,
  CHILD_APP_INHERITS: ofTheServer,
  MODULE_NOT_INSTALLED: ofTheServer,
  POOL_NOT_FOUND: ofTheServer,
  POOL_RECYCLES: ofTheServer,
  PROXY_NOT_ENABLED: ofTheServer,
  ...Object.fromEntries(rules.flatMap(({ code, scope }) => (scope === 'live' ? [[code, 'a live site']] : []))),
  ...Object.fromEntries(rules.flatMap(({ code, scope }) => (scope === 'seen' ? [[code, 'a text, not a site']] : []))),
};
