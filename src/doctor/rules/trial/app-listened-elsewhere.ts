import { outcomeOf } from '../../trial/outcome.js';
import type { TrialRule } from '../../types.js';

/** The app listens, but not on its pipe. */
export const appListenedElsewhere: TrialRule = {
  code: 'APP_LISTENED_ELSEWHERE',
  scope: 'trial',
  severity: 'error',
  title: 'The app listens elsewhere than on its pipe',
  why: 'iisnode tries the pipe of the app for 25 seconds and then answers 500.1001, though the app runs.',
  help: `The doctor started the app in its own IIS. A server of it listened on a TCP port, or on another pipe, and not on the one whose
name is in process.env.PORT. Pass that value on unchanged: server.listen(process.env.PORT || 3000). It is a name, not a number:
Number(), parseInt() and a unary plus make NaN of it, and an options object takes it as path, not as port.`,
  check: ({ run }) => {
    const outcome = outcomeOf(run);
    if (outcome.kind !== 'listened-elsewhere') return [];
    const { port, path } = outcome.listen;
    const where = port === undefined ? `${path}` : `port ${port}`;
    return [
      {
        message: `The app listens on ${where}, not on the pipe in process.env.PORT.`,
        fix: `listen(process.env.PORT${port === undefined ? '' : ` || ${port}`})`,
      },
    ];
  },
};
