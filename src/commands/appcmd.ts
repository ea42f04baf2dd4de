import { embeddedAppcmd } from '../appcmd/index.js';
import { embeddedStore, openHome } from '../host/index.js';
import type { Command, CommonOptions } from './context.js';

/** `appcmd ARGS...`: exit codes and output are those of appcmd. */
export const appcmd: Command<CommonOptions> = async (words, _options, { terminal, environment }) => {
  const result = await embeddedAppcmd(embeddedStore(openHome(environment))).run(words);
  terminal.printText(result.stdout); // errors are on stdout too, as in appcmd
  return result.exitCode;
};
