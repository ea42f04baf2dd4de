import { outcomeOf } from '../../trial/outcome.js';
import type { TrialRule } from '../../types.js';

/** The app runs, and opens no port at all. */
export const appNeverListened: TrialRule = {
  code: 'APP_NEVER_LISTENED',
  scope: 'trial',
  severity: 'error',
  title: 'The app runs but never listens',
  why: 'iisnode tries the pipe of the app for 25 seconds and then answers 500.1001.',
  help: `The doctor started the app in its own IIS. The node process ran, was idle, and no server of it listened anywhere. The usual
causes: listen is called only where require.main === module (under iisnode another file is the main module), only in a branch
that an environment variable opens, or after something that never ends (a promise, an event). Call
server.listen(process.env.PORT) as the app starts.`,
  check: ({ run }) =>
    outcomeOf(run).kind === 'never-listened'
      ? [
          {
            message: `The app runs, but it did not listen${run.listensOn === 'port' ? '' : ' on process.env.PORT'} within ${Math.round(run.patience / 1000)} s; it was idle.`,
            fix: 'call server.listen(process.env.PORT) when the app starts',
            ...(run.listensOn === 'port' && {
              why: 'HttpPlatformHandler waits until startupTimeLimit is over, and answers 502.5 (502.3 in version 1.2).',
            }),
          },
        ]
      : [],
};
