import path from 'node:path';
import {
  findLogDirectory,
  isExpress,
  type LogLine,
  type NamedTarget,
  readDeployedApp,
  readLogs,
} from '../deploy/index.js';
import { UserError } from '../errors.js';
import { exitCodes } from '../exit-codes.js';
import type { Command, CommonOptions } from './context.js';
import { type TargetOption, targetOf } from './named-target.js';

interface LogsCommandOptions extends CommonOptions, TargetOption {
  readonly follow?: boolean;
  readonly lines: number;
}

/** `logs [dir]`. With --json and --follow: one JSON document per line, because an endless array cannot be parsed. */
export const logs: Command<LogsCommandOptions> = async ([dir = '.'], options, context) => {
  const { follow = false, lines } = options;
  const { terminal, cwd, environment } = context;
  const target = targetOf(dir === '.' ? undefined : dir, options, cwd);
  if (target !== undefined) refuseElsewhere(target);
  const signal = AbortSignal.any([context.signal, context.outputClosed]);
  const directory = target?.directory ?? path.resolve(cwd, dir);
  const logDirectory = findLogDirectory(await readDeployedApp(directory, environment));
  const gathered: LogLine[] = [];
  let count = 0;
  for await (const line of readLogs({ directory, logDirectory, follow, lines, signal })) {
    count += 1;
    if (terminal.json && follow) terminal.document(line);
    else if (terminal.json) gathered.push(line);
    else {
      const mark = line.stream === 'stderr' ? terminal.out.error('!') : ' ';
      terminal.print(`${terminal.out.dim(String(line.pid))} ${mark} ${line.text}`);
    }
  }
  if (count === 0 && !follow) terminal.say(`no log yet in ${logDirectory}: node has not run, or has printed nothing`);
  if (!follow) terminal.document({ lines: gathered });
  return exitCodes.done.code;
};

/** The logs of another machine are not here. @throws UserError LOGS_ELSEWHERE. */
function refuseElsewhere({ name, to }: NamedTarget): void {
  const elsewhere = to.find((server) => !['iis', 'embedded'].includes(server) && !isExpress(server));
  if (elsewhere === undefined) return;
  throw new UserError('LOGS_ELSEWHERE', {
    what: `the logs of the target "${name}" are not on this machine`,
    why: `It is deployed to ${elsewhere}.`,
    next: 'read them there: the folder is logDirectory in web.config, iisnode by default',
  });
}
