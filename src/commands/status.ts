import { type EmbeddedStatus, isAzure, status as readStatus, statusOverSsh } from '../deploy/index.js';
import { UserError } from '../errors.js';
import { exitCodes } from '../exit-codes.js';
import { openHome } from '../host/index.js';
import { isSsh } from '../ssh/index.js';
import type { Terminal } from '../terminal/index.js';
import { iisnodeSock } from '../typed-command.js';
import { azureStatus } from './azure.js';
import type { Command, CommandContext, CommonOptions } from './context.js';
import { unlessInterrupted } from './interruption.js';
import { journalLine } from './journal-line.js';

interface StatusCommandOptions extends CommonOptions {
  readonly to?: string;
}

const notSeen = (to: string): UserError =>
  new UserError('STATUS_NOT_THERE', {
    what: `status has nothing to show of ${to}`,
    why: '--to names a server (ssh://user@host) or an app of App Service (azure://APP); without it the embedded IIS is shown.',
    next: 'omit --to',
  });

/** `status --to ssh://...` */
async function statusOfServer(to: string, { terminal, environment, signal }: CommandContext): Promise<number> {
  const deployed = await unlessInterrupted(statusOverSsh({ to, environment, signal }), signal);
  for (const { site, path, directory, release, last } of deployed) {
    terminal.print(`application  ${path} of ${site}  ${release ?? directory}`);
    if (last !== undefined) terminal.print(`             ${journalLine(last)}`);
  }
  if (deployed.length === 0) terminal.print('nothing is deployed there');
  terminal.document({ deployed });
  return exitCodes.done.code;
}

/** `status` */
export const status: Command<StatusCommandOptions> = async (_positionals, { to }, context) => {
  const { terminal, environment, signal } = context;
  if (isSsh(to)) return statusOfServer(to, context);
  if (isAzure(to)) return azureStatus(to, context);
  if (to !== undefined && to !== 'embedded') throw notSeen(to);
  const seen = await unlessInterrupted(readStatus(openHome(environment)), signal);
  const { home, host, silent, sites, applications, pools, deployed, problems } = seen;
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
    for (const { site, path, directory } of deployed) terminal.print(`deployed     ${path} of ${site}  ${directory}`);
  }
  for (const site of sites) {
    terminal.print(`site         ${site.name}  ${site.state}  ${site.bindings}`);
    if (site.notBound !== undefined) terminal.print(`             ${out.dim(site.notBound)}`);
    for (const app of applications.filter((each) => each.site === site.name)) {
      terminal.print(`application  ${app.path}  ${app.pool}  ${app.physicalPath}`);
      if (app.url) terminal.print(`             ${out.url(app.url)}`);
      const record = deployed.find((each) => each.site === app.site && each.path === app.path);
      if (record?.last !== undefined) terminal.print(`             ${journalLine(record.last)}`);
    }
  }
  for (const pool of pools) terminal.print(`pool         ${pool.name}  ${pool.state}`);
  for (const { site, path, directory, pid, url } of seen.iisExpress) {
    const state = pid === undefined ? out.warning('not running') : `running, pid ${pid}`;
    terminal.print(`IIS Express  ${path} of ${site}  ${state}  ${directory}`);
    if (url !== undefined) terminal.print(`             ${out.url(url)}`);
  }
  terminal.document({
    home,
    host: host ?? null,
    silent: silent ?? null,
    sites,
    applications,
    pools,
    deployed,
    iisExpress: seen.iisExpress,
    problems,
  });
  return exitCodes.done.code;
};

function hostLine({ host, silent }: EmbeddedStatus, out: Terminal['out']): string {
  if (host) return `${out.good('running')}  pid ${host.pid}${host.since ? `, since ${host.since}` : ''}`;
  if (silent !== undefined) {
    return `${out.warning('not answering')}  pid ${silent}: it is starting, or it hangs; ${iisnodeSock} undeploy of the last app ends it`;
  }
  return `${out.warning('not running')}  ${iisnodeSock} deploy starts it`;
}
