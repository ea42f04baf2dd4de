import { rules } from '../../src/index.js';

const ofTheServer = "it reads the server's applicationHost.config, which is no part of the app's folder (test/doctor)";

/** Rules that no folder of the library shows, each with the reason; those about a live site and about texts have tests of their own. */
export const withoutCase: Readonly<Record<string, string>> = {
  FILE_UNREADABLE: 'a named pipe or a lost right is no file that a repository holds (test/doctor/unreadable.test.ts)',
  TRIAL_UNDECIDED: 'the case of it needs a service that does not answer (test/doctor/trial/trial.test.ts)',
  CHILD_APP_INHERITS: ofTheServer,
  ...Object.fromEntries(
    rules.flatMap(({ code, scope }) =>
      scope === 'live'
        ? [[code, 'a live site (test/doctor/live)']]
        : scope === 'seen'
          ? [[code, 'a text (test/doctor/seen)']]
          : [],
    ),
  ),
};
