import { assumptionLine } from '../app/index.js';
import { answerCapacity, type CapacityQuestion, readCapacityApp } from '../capacity/index.js';
import { readConfiguredApp } from '../doctor/index.js';
import { exitCodes } from '../exit-codes.js';
import type { Command, CommonOptions } from './context.js';
import { renderCapacity } from './render-capacity.js';

interface CapacityCommandOptions extends CommonOptions {
  readonly viewers: number;
  readonly processes?: number;
  readonly machines?: number;
  readonly processors?: number;
  readonly messages?: number;
  readonly transports?: readonly string[];
  readonly pool?: string;
  readonly dir?: string;
}

/** `capacity --viewers N` */
export const capacity: Command<CapacityCommandOptions> = async (_positionals, options, context) => {
  const { terminal, cwd, environment } = context;
  const { viewers, processes, machines, processors, messages, transports, pool, dir } = options;
  const app =
    dir === undefined
      ? undefined
      : readCapacityApp(dir, cwd, (folder) => readConfiguredApp(folder, { cwd, environment }));
  const question: CapacityQuestion = {
    viewers,
    ...(processes !== undefined && { processes }),
    ...(machines !== undefined && { machines }),
    ...(processors !== undefined && { processors }),
    ...(messages !== undefined && { messagesPerSecond: messages }),
    ...(transports !== undefined && { transports }),
  };
  // capacity has no option to change what is assumed.
  const assumed = assumptionLine((app?.assumed ?? []).map(({ option: _none, ...each }) => each));
  if (assumed !== undefined) terminal.say(terminal.err.dim(assumed));
  const answer = answerCapacity(question, app, pool);
  const { comparison, ...plan } = answer;
  renderCapacity(terminal, plan, comparison, cwd);
  terminal.document(answer);
  return plan.fits && (comparison?.carries ?? true) ? exitCodes.done.code : exitCodes.refused.code;
};
