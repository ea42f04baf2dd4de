import { connect, createServer } from 'node:net';
import path from 'node:path';
import { type AppcmdXmlEntry, listApps, listSites, listVdirs } from '../../appcmd/index.js';
import { UserError } from '../../errors.js';
import { type Home, hangingHost, hostStatus } from '../../host/index.js';
import { commandLine } from '../../quoting.js';
import type { DeployPlan } from '../plan.js';
import type { Reporter } from '../reporter.js';
import type { DeployContext } from '../step.js';
import { listEntries, same, samePath } from '../steps/run-appcmd.js';
import type { DeployOptions } from '../types.js';

/** What determines the port of a site of the embedded IIS. */
interface Situation {
  readonly siteName: string;
  /** The site's own http ports, as configured. */
  readonly own: readonly number[];
  /** Ports on which the running host serves this site. */
  readonly held: readonly number[];
  /** Configured ports of the other sites: two sites with the same port cannot both start. */
  readonly ofOthers: ReadonlyMap<number, string>;
  /** The other applications of the site: they move with it. */
  readonly neighbours: readonly string[];
}

/**
 * The given port (0: the site's current port, else a free one), else the site's current port; when another program uses that
 * one and the host is not running yet, the next free one.
 * @param reporter is informed about a site that moves because its port is in use.
 * @throws UserError BAD_PORT, PORT_TAKEN, PORT_OF_OTHER_SITE, HOST_HANGS; PORT_MOVES_SITE when other applications would move with the site.
 */
export async function choosePort(
  context: DeployContext,
  home: Home,
  { port: given, signal }: DeployOptions,
  plan: DeployPlan,
  reporter: Reporter,
): Promise<number> {
  const asked = given ?? portOfNewSite(plan);
  const situation = await readPortSituation(context, home, plan);
  if (asked !== undefined && (!Number.isInteger(asked) || asked < 0 || asked > 65535)) throw badPort(asked);
  if (asked !== undefined && asked !== 0) return checkRequestedPort(situation, asked, home, plan);
  const { own, held, ofOthers, siteName, neighbours } = situation;
  const present = own[0] ?? (asked === 0 ? undefined : standardPort);
  const isNew = plan.newSite !== undefined && own[0] === undefined;
  const stays = asked === undefined || held.length > 0 || neighbours.length > 0;
  if (present !== undefined && stays && !ofOthers.has(present)) {
    if (held.includes(present) || (await isFree(present))) return present;
  }
  const port = asked === 0 || present === undefined ? await freePort() : await nextFree(present, ofOthers, signal);
  if (present !== undefined && stays && !isNew) {
    const holder = ofOthers.has(present) ? `the site "${ofOthers.get(present)}"` : 'another program';
    const others = neighbours.length === 0 ? '' : `, and with it ${neighbours.join(', ')}`;
    const note = `${holder} uses port ${present}: "${siteName}" moves to ${port}${others}`;
    reporter.note({ id: 'choose-port', title: 'Choose the port' }, 'looked', note);
  }
  return port;
}

/** The port of its binding. @throws UserError EMBEDDED_BINDING for a binding that the embedded IIS does not support. */
function portOfNewSite({ newSite }: DeployPlan): number | undefined {
  const [first, ...others] = newSite?.bindings ?? [];
  if (first === undefined) return undefined;
  const isLocal = ['*', '127.0.0.1'].includes(first.address) && first.host === '' && first.protocol === 'http';
  if (isLocal && others.length === 0) return first.port;
  throw new UserError('EMBEDDED_BINDING', {
    what: 'the embedded IIS serves a new site at one http port of this machine only',
    why: 'Host names, https and several bindings are for IIS.',
    next: 'give only a port: --port 8090 (without --binding), or deploy with --to iis',
  });
}

/** The port of a new home's Default Web Site. */
const standardPort = 8080;

async function checkRequestedPort(
  { siteName, own, held, ofOthers, neighbours }: Situation,
  asked: number,
  home: Home,
  plan: DeployPlan,
): Promise<number> {
  const other = ofOthers.get(asked);
  if (other !== undefined) throw ofOtherSite(asked, other);
  if (!held.includes(asked) && !(await isFree(asked))) throw taken(asked);
  const [former] = own;
  if (former !== undefined && !own.includes(asked) && neighbours.length > 0) {
    throw movesSite({ siteName, former, asked, neighbours }, home, plan);
  }
  return asked;
}

async function readPortSituation(context: DeployContext, home: Home, plan: DeployPlan): Promise<Situation> {
  const { siteName } = plan;
  const sites = await listEntries(context, listSites());
  const site = sites.find(({ name }) => same(name, siteName));
  const others = sites.filter((one) => one !== site);
  const addresses = (await hostStatus(home))?.addresses ?? [];
  const hanging = hangingHost(home);
  if (hanging !== undefined) throw hostHangs(hanging);
  return {
    siteName,
    own: portsOf(site),
    held: addresses.filter((address) => same(address.siteName, siteName)).map(({ port }) => port),
    ofOthers: new Map(others.flatMap((one) => portsOf(one).map((port) => [port, one.name] as const))),
    neighbours: await neighboursOf(context, home, plan),
  };
}

const portsOf = (site: AppcmdXmlEntry | undefined): number[] =>
  [...(site?.get('bindings') ?? '').matchAll(/http\/[^,]*?:(\d+):/g)].map((match) => Number(match[1]));

/** The root of a new home is an empty folder, which does not count as an application. */
async function neighboursOf(context: DeployContext, home: Home, plan: DeployPlan): Promise<string[]> {
  const apps = await listEntries(context, listApps(plan.siteName));
  const vdirs = await listEntries(context, listVdirs());
  return apps.flatMap((app) => {
    const at = app.get('path') ?? '';
    if (same(at, plan.vdirPath)) return [];
    const root = vdirs.find((vdir) => same(vdir.get('APP.NAME'), app.name) && vdir.get('path') === '/');
    const folder = root?.get('physicalPath');
    return at === '/' && samePath(folder, home.wwwroot) ? [] : [`${at} (${folder ?? 'no folder'})`];
  });
}

const hostHangs = (pid: number): UserError =>
  new UserError('HOST_HANGS', {
    what: `the background host (process ${pid}) does not answer`,
    why: 'It runs, but did not answer within 5 s: it was paused, or is busy.',
    next: `end process ${pid} (undeploy of its last app also ends it), then deploy again`,
    exit: 'refused',
  });

export const badPort = (asked: number): UserError =>
  new UserError('BAD_PORT', {
    what: `${asked} is not a port`,
    why: 'a port is a whole number from 0 to 65535; 0 means any free port',
    next: 'give another one with --port',
  });

const taken = (port: number): UserError =>
  new UserError('PORT_TAKEN', {
    what: `port ${port} is taken`,
    why: 'another program listens on it',
    next: 'end that program, or give another port with --port (0 means any free port)',
    exit: 'refused',
  });

const ofOtherSite = (port: number, site: string): UserError =>
  new UserError('PORT_OF_OTHER_SITE', {
    what: `port ${port} belongs to the site "${site}"`,
    why: 'two sites with the same binding cannot both be started',
    next: `deploy it to that site with --site "${site}", or give another port with --port`,
    exit: 'refused',
  });

function movesSite(
  move: Pick<Situation, 'siteName' | 'neighbours'> & { readonly former: number; readonly asked: number },
  home: Home,
  { vdirPath, poolName, directory }: DeployPlan,
): UserError {
  const { siteName, neighbours, former, asked } = move;
  const here = `http://127.0.0.1:${former}${vdirPath}`;
  const name = vdirPath === '/' ? path.basename(directory) : poolName;
  const add = ['appcmd', 'add', 'site', `/name:${name}`, `/bindings:http/127.0.0.1:${asked}:`];
  const newSite = commandLine('iisnode-sock', [...add, `/physicalPath:${home.wwwroot}`]);
  return new UserError('PORT_MOVES_SITE', {
    what: `--port ${asked} would move ${neighbours.join(', ')} away from port ${former}`,
    why: `all applications of "${siteName}" share its binding, and would answer only at port ${asked}`,
    next: `omit --port (the app will be at ${here}), or create a separate site: ${newSite}, and deploy with --site ${commandLine(name, [])} instead of --port`,
    exit: 'refused',
  });
}

async function nextFree(
  after: number,
  ofOthers: Situation['ofOthers'],
  signal: AbortSignal | undefined,
): Promise<number> {
  for (let port = after + 1; port < after + 50 && port <= 65535; port++) {
    signal?.throwIfAborted();
    if (!ofOthers.has(port) && (await isFree(port))) return port;
  }
  return freePort();
}

/** If a program accepts a connection, the port is in use, even where binding it a second time would succeed. */
async function isFree(port: number): Promise<boolean> {
  const answered = await new Promise<boolean>((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const finish = (result: boolean): void => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => finish(true)).once('error', () => finish(false));
    socket.setTimeout(500, () => finish(false));
  });
  return !answered && (await listenOn(port)) !== undefined;
}

const freePort = async (): Promise<number> => (await listenOn(0)) ?? standardPort;

/** The port, after listening on it for a moment; undefined when that was refused. */
function listenOn(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });
}
