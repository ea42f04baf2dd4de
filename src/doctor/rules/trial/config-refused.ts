import { outcomeOf } from '../../trial/outcome.js';
import type { TrialRule } from '../../types.js';

/** IIS or iisnode refuses the configuration. */
export const configRefused: TrialRule = {
  code: 'CONFIG_REFUSED',
  scope: 'trial',
  severity: 'error',
  title: 'IIS refuses the configuration',
  why: 'Every request is answered with an error before node is started.',
  help: `The doctor served the app with its own IIS, which read the web.config and stopped at an error: IIS answers 500.19 with the file
and the line, iisnode its own page for a setting that it cannot read (iisnode.yml, the section system.webServer/iisnode). Correct
that line; IIS names one error at a time.`,
  check: ({ run, place }) => {
    const outcome = outcomeOf(run);
    if (outcome.kind !== 'config-refused') return [];
    const { message, file, line } = outcome.event;
    const at = file === undefined ? undefined : place({ file, ...(line !== undefined && { line }) });
    return [{ message, ...(at && { at }) }];
  },
};
