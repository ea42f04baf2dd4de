import { exitCodes } from '../exit-codes.js';
import { scripts, shapeOf } from './completion/index.js';
import type { Command, CommonOptions } from './context.js';
import { buildProgram } from './program.js';

/** `completion SHELL` */
export const completion: Command<CommonOptions> = async ([shell], _options, { terminal }) => {
  const { rules } = await import('../doctor/index.js');
  const program = buildProgram(() => async () => undefined);
  const shape = shapeOf(
    program,
    rules.map(({ code }) => code),
  );
  // commander has refused another name.
  terminal.printText(scripts[shell as keyof typeof scripts](shape));
  return exitCodes.done.code;
};
