import {
  type EmbeddedStatus,
  findTarget,
  isAzure,
  isExpress,
  status as readStatus,
  statusOverSsh,
} from '../deploy/index.js';
import { UserError } from '../errors.js';
import { exitCodes } from '../exit-codes.js';
import { openHome } from '../host/index.js';
import { isSsh } from '../ssh/index.js';
import type { Terminal } from '../terminal/index.js';
import { iisnodeSock } from '../typed-command.js';
import { azureStatus } from './azure.js';
import type { Command, CommandContext, CommonOptions } from './context.js';
import { forEachServer } from './each-server.js';
import { unlessInterrupted } from './interruption.js';
import { journalLine } from './journal-line.js';
import { placeIn, type TargetOption } from './named-target.js';

interface StatusCommandOptions extends CommonOptions, TargetOption {
  readonly to?: string;
}

/** The application that a target names; all that is deployed there by default. */
type Placed = ReturnType<typeof placeIn>;

const notSeen = (to: string): UserError =>
  new UserError('STATUS_NOT_THERE', {
    what: `status has nothing to show of ${to}`,
    why: '--to names a server (ssh://user@host) or an app of App Service (azure://APP); without it this machine is shown.',
    next: 'omit --to, or name a target that is deployed to one of them',
  });

/** `status --to ssh://...` */
async function statusOfServer(
  to: string,
  place: Placed,
  { terminal, environment, signal }: CommandContext,
): Promise<number> {
  const deployed = await unlessInterrupted(statusOverSsh({ ...place, to, environment, signal }), signal);
  for (const { site, path, directory, release, last } of deployed) {
    terminal.print(`application  ${path} of ${site}  ${release ?? directory}`);
    if (last !== undefined) terminal.print(`             ${journalLine(last)}`);
  }
  if (deployed.length === 0) terminal.print('nothing is deployed there');
  terminal.document({ deployed });
  return exitCodes.done.code;
}

/** `status`, `status TARGET` */
export const status: Command<StatusCommandOptions> = async ([word], { to, target: name = word }, context) => {
  if (name === undefined) return statusAt(to, {}, context);
  const target = findTarget(context.cwd, name);
  const servers = to === undefined ? target.to : [to];
  return forEachServer(servers, context, (server, terminal) =>
    statusAt(server, placeIn(target), { ...context, terminal }),
  );
};

/** Of one server. */
async function statusAt(to: string | undefined, place: Placed, context: CommandContext): Promise<number> {
  const { terminal, environment, signal } = context;
  if (isSsh(to)) return statusOfServer(to, place, context);
  if (isAzure(to)) return azureStatus(to, context);
  if (to !== undefined && to !== 'embedded' && to !== 'iis' && !isExpress(to)) throw notSeen(to);
  const seen = await unlessInterrupted(readStatus(openHome(environment)), signal);
  const { home, host, silent, sites, applications, pools, deployed, iis, problems } = seen;
  const { out } = terminal;
  terminal.print(hostLine(seen, out));
  terminal.print(out.dim(home));
  for (const { what, why, next } of problems) {
    terminal.print(`${out.error('problem')}      ${what}`);
    terminal.print(`             ${why}`);
    terminal.print(`             next: ${next}`);
  }
  if (problems.length > 0) {
    for (const { site, origin } of host?.addresses ?? []) terminal.print(`listens      ${out.url(origin)}  ${site}`);
    for (const app of deployed) terminal.print(`deployed     ${app.path} of ${app.site}  ${app.directory}`);
  }
  printObjects(terminal, seen);
  for (const process of seen.processes) terminal.print(processLine(process, Date.now()));
  for (const { site, path, directory, pid, url } of seen.iisExpress) {
    const state = pid === undefined ? out.warning('not running') : `running, pid ${pid}`;
    terminal.print(`IIS Express  ${path} of ${site}  ${state}  ${directory}`);
    if (url !== undefined) terminal.print(`             ${out.url(url)}`);
  }
  if (iis !== undefined) {
    terminal.print(out.strong('IIS of this machine'));
    // A server has many sites and pools: those that deploy has nothing to do with are not shown.
    printObjects(terminal, onlyDeployed(iis));
    if (iis.deployed.length === 0) terminal.print('             deploy has deployed nothing to it');
  }
  terminal.document({
    home,
    host: host ?? null,
    silent: silent ?? null,
    sites,
    applications,
    pools,
    deployed,
    processes: seen.processes,
    iisExpress: seen.iisExpress,
    iis: iis ?? null,
    problems,
  });
  return exitCodes.done.code;
}

type Objects = Pick<EmbeddedStatus, 'sites' | 'applications' | 'pools' | 'deployed'>;

function onlyDeployed({ sites, applications, pools, deployed }: Objects): Objects {
  const own = applications.filter((app) => app.deployed);
  return {
    sites: sites.filter(({ name }) => own.some(({ site }) => site === name)),
    applications: own,
    pools: pools.filter(({ name }) => own.some(({ pool }) => pool === name)),
    deployed,
  };
}

/** Sites with their applications, then pools. */
function printObjects(terminal: Terminal, { sites, applications, pools, deployed }: Objects): void {
  const { out } = terminal;
  for (const site of sites) {
    terminal.print(`site         ${site.name}  ${site.state}  ${site.bindings}`);
    if (site.notBound !== undefined) terminal.print(`             ${out.dim(site.notBound)}`);
    for (const app of applications.filter((each) => each.site === site.name)) {
      terminal.print(`application  ${app.path}  ${app.pool}  ${app.physicalPath}`);
      if (app.url) terminal.print(`             ${out.url(app.url)}`);
      const record = deployed.find((each) => isSame(each.site, app.site) && isSame(each.path, app.path));
      if (record?.release !== undefined) terminal.print(`             release ${record.release}`);
      if (record?.last !== undefined) terminal.print(`             ${journalLine(record.last)}`);
    }
  }
  for (const pool of pools) terminal.print(`pool         ${pool.name}  ${pool.state}`);
}

/** IIS ignores case. */
const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

function hostLine({ host, silent }: EmbeddedStatus, out: Terminal['out']): string {
  if (host) return `${out.good('running')}  pid ${host.pid}${host.since ? `, since ${host.since}` : ''}`;
  if (silent !== undefined) {
    return `${out.warning('not answering')}  pid ${silent}: it is starting, or it hangs; ${iisnodeSock} undeploy of the last app ends it`;
  }
  return `${out.warning('not running')}  ${iisnodeSock} deploy starts it`;
}

/** `process      4242  /srv/dante/server.js  dante  runs for 3 h, 44 MB, 2 active`; `now` in ms since 1970. */
export function processLine(process: EmbeddedStatus['processes'][number], now: number): string {
  const { pid, app, pool, since, memory, active } = process;
  const known = memory === undefined ? [] : [`${Math.round(memory / 1024 / 1024)} MB`];
  return `process      ${pid}  ${app}  ${pool}  ${[`runs for ${age(now - since)}`, ...known, `${active} active`].join(', ')}`;
}

/** `12 s`, `5 min`, `3 h`, `2 d`; from milliseconds. */
function age(ms: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
  ] as const;
  const [name, length] = units.find(([, unit]) => ms >= unit) ?? (['s', 1_000] as const);
  return `${Math.max(0, Math.floor(ms / length))} ${name}`;
}
