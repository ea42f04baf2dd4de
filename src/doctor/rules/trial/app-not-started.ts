import { outcomeOf } from '../../trial/outcome.js';
import type { TrialRule } from '../../types.js';

/** iisnode cannot start node with the app. */
export const appNotStarted: TrialRule = {
  code: 'APP_NOT_STARTED',
  scope: 'trial',
  severity: 'error',
  title: 'IIS cannot start the app',
  why: 'iisnode answers 500.1000, or 404 where the file that it is to start does not exist.',
  help: `The doctor ran the app in its own IIS, and node was not started at all: the entry point of the handler does not exist (build it, or
name the right file in web.config), nodeProcessCommandLine names a program that is not there or cannot be run, or a setting of
iisnode (watchedFiles) names a folder that does not exist. With HttpPlatformHandler it is the program of processPath.`,
  check: ({ run }) => {
    const outcome = outcomeOf(run);
    if (outcome.kind !== 'not-started') return [];
    const who = run.listensOn === 'port' ? 'HttpPlatformHandler' : 'iisnode';
    return [
      {
        message: outcome.event.message.replace(/^(?:GET|POST) \S+: /, `${who} does not start the app: `),
        ...(run.listensOn === 'port' && { why: 'HttpPlatformHandler answers 502.5 (502.3 in version 1.2).' }),
      },
    ];
  },
};
