import path from 'node:path';
import {
  azureLogs,
  isAzure,
  isExpress,
  type LogLine,
  logsOfFolder,
  logsOverSsh,
  readLogs,
  requireIis,
  requireTargets,
} from '../deploy/index.js';
import { UserError } from '../errors.js';
import { exitCodes } from '../exit-codes.js';
import { isSsh } from '../ssh/index.js';
import type { Command, CommonOptions } from './context.js';
import { type DeploymentOptions, type NamedDeployments, namedDeployments } from './named-deployment.js';

interface LogsCommandOptions extends CommonOptions, DeploymentOptions {
  readonly follow?: boolean;
  readonly lines: number;
}

/** `logs [dir]`. With --json and --follow: one JSON document per line, because an endless array cannot be parsed. */
export const logs: Command<LogsCommandOptions> = async ([dir], options, context) => {
  const { follow = false, lines } = options;
  const { terminal, cwd, environment } = context;
  const named = namedDeployments(dir === '.' ? undefined : dir, options, cwd);
  requireTargets(named.servers);
  refuseElsewhere(named, options);
  if (named.servers.includes('iis')) requireIis(environment);
  const signal = AbortSignal.any([context.signal, context.outputClosed]);
  const gathered: LogLine[] = [];
  let count = 0;
  const show = (line: LogLine): void => {
    count += 1;
    if (terminal.json && follow) terminal.document(line);
    else if (terminal.json) gathered.push(line);
    else {
      const mark = line.stream === 'stderr' ? terminal.out.error('!') : ' ';
      terminal.print(
        `${terminal.out.dim(clockTime(line.time))} ${terminal.out.dim(String(line.pid))} ${mark} ${line.text}`,
      );
    }
  };
  const [server] = named.servers;
  let logDirectory: string;
  if (isAzure(server)) {
    logDirectory = await azureLogs({ to: server, environment, signal }, { lines, follow, report: terminal.say }, show);
  } else if (isSsh(server)) {
    logDirectory = await logsOverSsh({ ...named.on(server), environment, signal }, { lines, follow }, show);
  } else {
    const directory = named.on(undefined).directory ?? path.resolve(cwd);
    const place = await logsOfFolder(directory, environment);
    ({ logDirectory } = place);
    for await (const line of readLogs({ directory, ...place, follow, lines, signal })) show(line);
  }
  if (count === 0 && lines > 0 && !follow)
    terminal.say(`no log yet in ${logDirectory}: node has not run, or has printed nothing`);
  if (!follow) terminal.document({ lines: gathered });
  return exitCodes.done.code;
};

/** `14:03:22` where this machine is; as wide where it is not known. */
const clockTime = (time: string | undefined): string =>
  time === undefined ? ' '.repeat(8) : new Date(time).toTimeString().slice(0, 8);

/** @throws UserError LOGS_ELSEWHERE, LOGS_OF_SEVERAL, LOGS_OF_FOLDER. */
function refuseElsewhere({ servers, target }: NamedDeployments, { site, path: vdirPath }: DeploymentOptions): void {
  const name = target === undefined ? 'what is deployed' : `the target "${target}"`;
  if (servers.length > 1 && servers.some((server) => isSsh(server) || isAzure(server))) {
    throw new UserError('LOGS_OF_SEVERAL', {
      what: `the logs of ${name} are on several servers`,
      why: servers.join(', '),
      next: 'name one of them with --to',
    });
  }
  const isHere = (server: string): boolean => ['iis', 'embedded'].includes(server) || isExpress(server);
  const elsewhere = servers.find((server) => !isHere(server) && !isSsh(server) && !isAzure(server));
  if (elsewhere !== undefined) {
    throw new UserError('LOGS_ELSEWHERE', {
      what: `the logs of ${name} are not on this machine`,
      why: `It is deployed to ${elsewhere}.`,
      next: 'read them there: the folder is logDirectory in web.config, iisnode by default',
    });
  }
  if (servers.some(isSsh) || (site === undefined && vdirPath === undefined)) return;
  throw new UserError('LOGS_OF_FOLDER', {
    what: '--site and --path are for the logs of a server: --to ssh://...',
    why: 'Those of this machine are found by the folder of the app.',
    next: 'omit them, and name the folder',
    again: { without: ['--site', '--path'] },
  });
}
