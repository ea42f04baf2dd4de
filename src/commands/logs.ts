import path from 'node:path';
import { findLogDirectory, type LogLine, readDeployedApp, readLogs } from '../deploy/index.js';
import { exitCodes } from '../exit-codes.js';
import type { Command, CommonOptions } from './context.js';

interface LogsCommandOptions extends CommonOptions {
  readonly follow?: boolean;
  readonly lines: number;
}

/** `logs [dir]`. With --json and --follow: one JSON document per line, because an endless array cannot be parsed. */
export const logs: Command<LogsCommandOptions> = async ([dir = '.'], { follow = false, lines }, context) => {
  const { terminal, cwd, environment } = context;
  const signal = AbortSignal.any([context.signal, context.outputClosed]);
  const directory = path.resolve(cwd, dir);
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
