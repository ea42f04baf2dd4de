import path from 'node:path';
import { type LogLine, readLogs } from '../deploy/index.js';
import { exitCodes } from '../exit-codes.js';
import type { Command, CommonOptions } from './context.js';

interface LogsCommandOptions extends CommonOptions {
  readonly follow?: boolean;
  readonly lines: number;
}

/** `logs [dir]`. With --json and --follow: one JSON document a line, as an endless array has no end. */
export const logs: Command<LogsCommandOptions> = async ([dir = '.'], { follow = false, lines }, context) => {
  const { terminal, cwd } = context;
  const signal = AbortSignal.any([context.signal, context.outputClosed]);
  const gathered: LogLine[] = [];
  for await (const line of readLogs({ directory: path.resolve(cwd, dir), follow, lines, signal })) {
    if (terminal.json && follow) process.stdout.write(`${JSON.stringify(line)}\n`);
    else if (terminal.json) gathered.push(line);
    else {
      const mark = line.stream === 'stderr' ? terminal.out.error('!') : ' ';
      terminal.print(`${terminal.out.dim(String(line.pid))} ${mark} ${line.text}`);
    }
  }
  if (!follow) terminal.document({ lines: gathered });
  return exitCodes.done.code;
};
