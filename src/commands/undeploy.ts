import path from 'node:path';
import { assumedDeployment, assumptionLine } from '../app/place/index.js';
import { type UndeployOptions, undeploy as undeployApp } from '../deploy/index.js';
import { exitCodes } from '../exit-codes.js';
import type { Command, CommonOptions } from './context.js';

interface UndeployCommandOptions extends CommonOptions, Pick<UndeployOptions, 'to' | 'site' | 'path'> {}

/** `undeploy [dir]` */
export const undeploy: Command<UndeployCommandOptions> = async ([dir], options, context) => {
  const { terminal, cwd, environment } = context;
  const { to, site, path: vdirPath } = options;
  const result = await undeployApp({
    ...(dir === undefined && vdirPath !== undefined ? {} : { directory: path.resolve(cwd, dir ?? '.') }),
    ...(to === undefined ? {} : { to }),
    ...(site === undefined ? {} : { site }),
    ...(vdirPath === undefined ? {} : { path: vdirPath }),
    environment,
    signal: context.signal,
    onWait: (sentence) => terminal.say(sentence),
  });
  const assumed = assumptionLine(assumedDeployment(result, { path: vdirPath, site }));
  if (assumed !== undefined) terminal.say(terminal.err.dim(assumed));
  for (const line of result.said) terminal.print(line);
  terminal.document(result);
  return exitCodes.done.code;
};
