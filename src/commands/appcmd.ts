import { embeddedAppcmd } from '../appcmd/index.js';
import { embeddedStore, openHome } from '../host/index.js';
import type { Command, CommonOptions } from './context.js';

/** `appcmd ARGS...`: exit codes and words are appcmd's own. */
export const appcmd: Command<CommonOptions> = async (words, _options, { environment }) => {
  const result = await embeddedAppcmd(embeddedStore(openHome(environment))).run(words);
  process.stdout.write(result.stdout); // appcmd's output as it is: errors are on stdout too
  return result.exitCode;
};
