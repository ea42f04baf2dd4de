import { iisnodeSock } from '../../../typed-command.js';
import { outcomeOf } from '../../trial/outcome.js';
import type { TrialRule } from '../../types.js';

/** What a trial cannot tell, and why. */
export const trialUndecided: TrialRule = {
  code: 'TRIAL_UNDECIDED',
  scope: 'trial',
  severity: 'info',
  title: 'The trial run could not tell whether the app works',
  why: 'It is not a fault of the app; on the server it may work.',
  help: `The doctor started the app in its own IIS, and it needs what a trial does not have: a database or a service (a trial connects to this
machine only, and what runs there is used), or more time than a trial takes. Start what it needs on this machine, give its
address in the environment (or in appSettings of web.config), and run the doctor again; or deploy, and run the doctor with the URL
of the live app.`,
  check: ({ run, place }) => {
    const outcome = outcomeOf(run);
    if (outcome.kind !== 'undecided') return [];
    const at = outcome.at && place(outcome.at);
    return [
      {
        message: `The app was started, but nothing can be said of it: ${outcome.because}.`,
        fix: `${iisnodeSock} doctor URL, once it is deployed; --no-run leaves the trial out`,
        ...(at && { at }),
      },
    ];
  },
};
