import path from 'node:path';
import { fileLimits, readIfThere } from '../files/index.js';
import { parseCommandLine } from './embedded/command-line.js';
import { executeAppcmd } from './embedded/execute.js';
import { fileStore } from './file-store.js';
import type { Appcmd, AppcmdResult } from './types.js';

const objects = ['site', 'app', 'vdir', 'apppool', 'config'];

/** These move a part of the configuration into other files (iis.md 3.1). */
const partsElsewhere = /\b(?:configSource|childSource)\s*=/;
/** Shared configuration: another machine's file is used in place of this one. */
const isRedirected = /<configurationRedirection\b[^>]*\benabled\s*=\s*["']\s*true\b/i;

/**
 * An appcmd that starts no process for `list ... /xml`: the answer comes from applicationHost.config, read again each time, so that it is
 * as new as the last write. What the file does not tell for certain is asked as before: text forms, the states among them, what it
 * refuses, and everything where the file cannot be read or is not the whole configuration.
 *
 * Two differences from appcmd.exe's own answer: `state` is Unknown (it is no configuration; ask `/text:state`), and letters outside
 * the console's code page are not lost. web.config files are not read: a lock that one of them sets is not seen.
 *
 * @param file applicationHost.config of the server that `appcmd` changes; redirection.config is looked for beside it.
 */
export function listsFromFile(appcmd: Appcmd, file: string): Appcmd {
  return {
    format: (args) => appcmd.format(args),
    run: async (args) => (await answerOf(args, file)) ?? appcmd.run(args),
  };
}

/** undefined: appcmd has to be asked. */
async function answerOf(args: readonly string[], file: string): Promise<AppcmdResult | undefined> {
  if (args[0]?.toLowerCase() !== 'list') return undefined;
  try {
    const { object, format, config, appHostConfig, help, input } = parseCommandLine(args);
    const isPlain = appHostConfig === undefined && !help && !input && config !== 'all';
    if (format !== 'xml' || !isPlain || !objects.includes(object)) return undefined;
    const redirection = await readIfThere(path.join(path.dirname(file), 'redirection.config'), fileLimits.config);
    if (redirection !== undefined && isRedirected.test(redirection.toString('utf8'))) return undefined;
    const store = fileStore(file);
    const text = await store.read();
    if (partsElsewhere.test(text)) return undefined;
    const answer = await executeAppcmd(args, { ...store, read: async () => text });
    // 1: there is no such object. A refusal comes from appcmd itself.
    return answer.exitCode === 0 || (object !== 'config' && answer.exitCode === 1) ? answer : undefined;
  } catch {
    return undefined; // only administrators may read it; or it is no file that we understand
  }
}
