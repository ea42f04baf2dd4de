import { embeddedAppcmd } from '../appcmd/index.js';
import { embeddedStore, openHome } from '../host/index.js';
import type { Command, CommonOptions } from './context.js';

/** `appcmd ARGS...`: exit codes and words are appcmd's own. */
export const appcmd: Command<CommonOptions> = async (words, _options, { terminal, environment }) => {
  const result = await embeddedAppcmd(embeddedStore(openHome(environment))).run(words);
  terminal.printText(result.stdout); // errors are on stdout too, as appcmd has it
  return result.exitCode;
};
