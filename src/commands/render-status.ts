import { plural } from '../amounts.js';
import type { EmbeddedStatus } from '../deploy/index.js';
import type { Terminal } from '../terminal/index.js';
import { iisnodeSock, typedCommand } from '../typed-command.js';
import { journalLine } from './journal-line.js';

/** What `status` prints of this machine. @param directory Of the app in this folder alone. */
export function renderStatus(terminal: Terminal, seen: EmbeddedStatus, directory?: string): void {
  const { home, host, silent, sites, applications, pools, deployed, iis, problems, serving } = seen;
  const { out } = terminal;
  const now = Date.now();
  for (const one of serving) printServing(terminal, one, now);
  // Beside a serve that runs, too, it has a name.
  const name = serving.length > 0 && (host ?? silent) !== undefined ? 'background   ' : '';
  terminal.print(name + hostLine(seen, out, directory));
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
  printObjects(terminal, seen, 'embedded');
  for (const process of seen.processes) terminal.print(processLine(process, now));
  for (const { site, path, directory, pid, url } of seen.iisExpress) {
    const state = pid === undefined ? out.warning('not running') : `running, pid ${pid}`;
    terminal.print(`IIS Express  ${path} of ${site}  ${state}  ${directory}`);
    if (url !== undefined) terminal.print(`             ${out.url(url)}`);
  }
  if (directory !== undefined && isNowhere(seen)) {
    terminal.print(`nothing is deployed on this machine from ${directory}, and no serve runs for it:`);
    terminal.print(`             ${typedCommand(['serve', directory])} serves it in this terminal`);
  }
  if (iis !== undefined && (directory === undefined || iis.deployed.length > 0)) {
    terminal.print(out.strong('IIS of this machine'));
    // A server has many sites and pools: those that deploy has nothing to do with are not shown.
    printObjects(terminal, onlyDeployed(iis), 'iis');
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
    serving,
    iisExpress: seen.iisExpress,
    iis: iis ?? null,
    problems,
  });
}

/** Nothing is deployed on this machine, and nothing is served. */
export const isNowhere = ({ deployed, serving, iisExpress, iis }: EmbeddedStatus): boolean =>
  [deployed, serving, iisExpress, iis?.deployed ?? []].every((list) => list.length === 0);

/** A `serve` in the foreground: its apps with their URLs, and its processes. */
function printServing(terminal: Terminal, one: EmbeddedStatus['serving'][number], now: number): void {
  const { out } = terminal;
  const { pid, silent, command, since, apps, apphost, urls, processes } = one;
  if (silent) {
    terminal.print(
      `serve        ${out.warning('does not answer')}  pid ${pid}: it is starting, or it hangs: ${command}`,
    );
    return;
  }
  const time = since === undefined ? '' : `, runs for ${age(now - Date.parse(since))}`;
  terminal.print(`serve        ${out.good('running')}  pid ${pid}, in the foreground${time}`);
  if (apphost !== undefined) terminal.print(`             with ${apphost}`);
  // Each has its URL; of an applicationHost.config the URLs alone are known.
  for (const [index, url] of urls.entries()) {
    const app = apphost === undefined ? apps[index] : undefined;
    if (app !== undefined) terminal.print(`application  ${app.path}  ${app.directory}`);
    terminal.print(`             ${out.url(url)}`);
  }
  for (const process of processes) terminal.print(processLine(process, now));
  if (processes.length === 0) terminal.print(`             no process runs: the next request starts the app`);
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

/** Sites with their applications, then pools. @param to Their server, as in `--to`. */
function printObjects(terminal: Terminal, { sites, applications, pools, deployed }: Objects, to: string): void {
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
  for (const app of deployed.filter(({ missing }) => missing)) {
    terminal.print(`${out.warning('missing')}      ${app.path} of ${app.site}, from ${app.directory}`);
    terminal.print(`             ${missingNote(to, app)}`);
    if (app.last !== undefined) terminal.print(`             ${journalLine(app.last)}`);
  }
  for (const pool of pools) terminal.print(`pool         ${pool.name}  ${pool.state}`);
}

/** Of an app that deploy has a record of, where IIS has no application. */
export const missingNote = (to: string, { site, path }: { readonly site: string; readonly path: string }): string =>
  `IIS has no such application: ${typedCommand(['undeploy', '--to', to, '--site', site, '--path', path])} removes what is left of it`;

/** IIS ignores case. */
const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

function hostLine(
  { host, silent, deployed, serving }: EmbeddedStatus,
  out: Terminal['out'],
  directory?: string,
): string {
  if (host) return `${out.good('running')}  pid ${host.pid}${host.since ? `, since ${host.since}` : ''}`;
  if (silent !== undefined) {
    return `${out.warning('does not answer')}  pid ${silent}: it is starting, or it hangs; ${iisnodeSock} undeploy of the last app ends it`;
  }
  const from = deployed[0]?.directory ?? directory;
  const command = typedCommand(['deploy', ...(from === undefined ? [] : [from, '--to', 'embedded'])]);
  return serving.length === 0
    ? `${out.warning('not running')}  ${command} starts it`
    : `no background host for deployed apps: ${command} starts it`;
}

/**
 * `process      4242  /srv/dante/server.js  dante  runs for 3 h, 44 MB, 2 active, 1 socket, 0 restarts, event loop 3 ms late`; `now` in ms
 * since 1970.
 */
export function processLine(process: EmbeddedStatus['processes'][number], now: number): string {
  const { pid, app, pool, since, memory, active, sockets, restarts, delay } = process;
  const parts = [
    `runs for ${age(now - since)}`,
    memory !== undefined && `${Math.round(memory / 1024 / 1024)} MB`,
    `${active} active`,
    sockets !== undefined && plural(sockets, 'socket'),
    restarts !== undefined && plural(restarts, 'restart'),
    delay !== undefined && `event loop ${Math.round(delay)} ms late`,
  ];
  return `process      ${pid}  ${app}  ${pool}  ${parts.filter((part) => part !== false).join(', ')}`;
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
