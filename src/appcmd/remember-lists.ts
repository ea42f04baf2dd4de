import { isReading } from './arguments.js';
import type { Appcmd, AppcmdResult } from './types.js';

/** An appcmd that runs the same `list` only once, as long as nothing changes. */
export interface RememberingAppcmd extends Appcmd {
  /** For a change that is not made with this appcmd: a host that starts or stops. */
  forget(): void;
}

/**
 * Answers a `list` from memory when exactly the same one was run before and nothing has been written since: every other command,
 * also one that fails, may have changed something. A `list` that cannot be run is not remembered.
 */
export function rememberLists(appcmd: Appcmd): RememberingAppcmd {
  const answers = new Map<string, Promise<AppcmdResult>>();
  const forget = (): void => answers.clear();
  const list = (args: readonly string[]): Promise<AppcmdResult> => {
    const question = JSON.stringify(args);
    const known = answers.get(question);
    if (known !== undefined) return known;
    const answer = appcmd.run(args);
    answers.set(question, answer);
    answer.catch(() => answers.delete(question));
    return answer;
  };
  return {
    format: (args) => appcmd.format(args),
    forget,
    async run(args) {
      if (isReading(args)) return list(args);
      forget();
      // Again at its end: a `list` may have been run meanwhile.
      return appcmd.run(args).finally(forget);
    },
  };
}
