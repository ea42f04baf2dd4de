import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import path from 'node:path';
import { type AppcmdXmlEntry, listApps, listSites, listVdirs } from '../../appcmd/index.js';
import { UserError } from '../../errors.js';
import { type Home, type HostAddress, hangingHost, hostStatus } from '../../host/index.js';
import { quoteForShell } from '../../quoting.js';
import { typedCommand } from '../../typed-command.js';
import type { DeployPlan, SiteBinding } from '../plan.js';
import type { Reporter } from '../reporter.js';
import { samePath } from '../same-path.js';
import type { DeployContext } from '../step.js';
import { listEntries, same } from '../steps/run-appcmd.js';
import type { DeployOptions } from '../types.js';
import { checkBindings, isForThisMachine, type OtherSite } from './check-bindings.js';
import { portAnswers } from './port-answers.js';
import { bindingsIn, bindingsOfSite } from './site-url.js';

/** What determines the port of a site of the embedded IIS. */
interface Situation {
  readonly siteName: string;
  /** The site's own http ports, as configured. */
  readonly own: readonly number[];
  /** Ports on which the running host serves this site. */
  readonly held: readonly number[];
  /** Ports of the other sites' bindings without a host name: two sites with the same binding cannot both start. */
  readonly ofOthers: ReadonlyMap<number, string>;
  readonly others: readonly OtherSite[];
  /** Where the running host listens, for any site. */
  readonly addresses: readonly HostAddress[];
  /** The other applications of the site: they move with it. */
  readonly neighbours: readonly string[];
}

/**
 * The given port (0: the site's current port, else a free one), else the site's current port; when another program uses that
 * one and the host is not running yet, the next free one. Undefined for a site whose bindings are not one local port of http: it keeps them.
 * @param reporter is informed about a site that moves because its port is in use.
 * @throws UserError BAD_PORT, PORT_TAKEN, PORT_OF_OTHER_SITE, HOST_HANGS, those of `checkBindings`; PORT_MOVES_SITE when other applications would move with the site.
 */
export async function choosePort(
  context: DeployContext,
  home: Home,
  { port: given, signal }: DeployOptions,
  plan: DeployPlan,
  reporter: Reporter,
): Promise<number | undefined> {
  const situation = await readPortSituation(context, home, plan);
  const bindings = await bindingsWithoutPort(context, plan, given);
  if (bindings !== undefined) {
    await checkBindings({ bindings, others: situation.others, held: situation.addresses });
    return undefined;
  }
  const asked = given ?? plan.newSite?.bindings[0]?.port;
  if (asked !== undefined && (!Number.isInteger(asked) || asked < 0 || asked > 65535)) throw badPort(asked);
  if (asked !== undefined && asked !== 0) return checkRequestedPort(situation, asked, home, plan);
  const { own, held, ofOthers, siteName, neighbours } = situation;
  const present = own[0] ?? (asked === 0 ? undefined : standardPort);
  const isNew = plan.newSite !== undefined && own[0] === undefined;
  const stays = asked === undefined || held.length > 0 || neighbours.length > 0;
  if (present !== undefined && stays && !ofOthers.has(present)) {
    if (held.includes(present) || isShared(situation, present) || (await isFree(present))) return present;
  }
  const anyFree = asked === 0 || present === undefined;
  const port = await (anyFree ? anyFreePort(ofOthers, signal) : nextFree(present, ofOthers, signal));
  if (present !== undefined && stays && !isNew) {
    const holder = ofOthers.has(present) ? `the site "${ofOthers.get(present)}"` : 'another program';
    const others = neighbours.length === 0 ? '' : `, and with it ${neighbours.join(', ')}`;
    const note = `${holder} uses port ${present}: "${siteName}" moves to ${port}${others}`;
    reporter.note({ id: 'choose-port', title: 'Choose the port' }, 'looked', note);
  }
  return port;
}

/** The bindings of a new site that are more than a port, and those of a site that has no such port; undefined: deploy chooses the port. */
async function bindingsWithoutPort(
  context: DeployContext,
  plan: DeployPlan,
  given: number | undefined,
): Promise<readonly SiteBinding[] | undefined> {
  if (plan.newSite !== undefined) {
    const { bindings } = plan.newSite;
    return bindings.length > 1 || bindings.some((each) => !isPort(each)) ? bindings : undefined;
  }
  const bindings = given === undefined ? await bindingsOfSite(context, plan) : [];
  return bindings.length > 0 && !bindings.some(isPort) ? bindings : undefined;
}

/** It is only a port: http, for this machine and every host name. */
const isPort = (binding: SiteBinding): boolean =>
  binding.protocol === 'http' && binding.host === '' && isForThisMachine(binding);

/** Our host listens there already for sites with host names: one more site can have the port. */
const isShared = ({ addresses }: Situation, port: number): boolean =>
  addresses.some((one) => one.port === port && one.host === '127.0.0.1' && one.origin.startsWith('http:'));

/** The port of a new home's Default Web Site. */
const standardPort = 8080;

async function checkRequestedPort(situation: Situation, asked: number, home: Home, plan: DeployPlan): Promise<number> {
  const { siteName, own, held, ofOthers, neighbours } = situation;
  const other = ofOthers.get(asked);
  if (other !== undefined) throw ofOtherSite(asked, other);
  if (!held.includes(asked) && !isShared(situation, asked) && !(await isFree(asked))) throw taken(asked);
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
  const others = sites.filter((one) => one !== site).map((one) => ({ name: one.name, bindings: bindingsOf(one) }));
  const addresses = (await hostStatus(home))?.addresses ?? [];
  const hanging = hangingHost(home);
  if (hanging !== undefined) throw hostHangs(hanging);
  return {
    siteName,
    own: bindingsOf(site).flatMap(({ protocol, port }) => (protocol === 'http' ? [port] : [])),
    held: addresses.filter((address) => same(address.siteName, siteName)).map(({ port }) => port),
    ofOthers: new Map(others.flatMap((one) => portsWithoutHost(one).map((port) => [port, one.name] as const))),
    others,
    addresses,
    neighbours: await neighboursOf(context, home, plan),
  };
}

const bindingsOf = (site: AppcmdXmlEntry | undefined): readonly SiteBinding[] =>
  bindingsIn(site?.get('bindings') ?? '');

const portsWithoutHost = ({ bindings }: OtherSite): number[] =>
  bindings.flatMap(({ host, port }) => (host === '' ? [port] : []));

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
    again: { with: ['--port', '0'] },
  });

const taken = (port: number): UserError =>
  new UserError('PORT_TAKEN', {
    what: `port ${port} is taken`,
    why: 'another program listens on it',
    next: 'end that program, or give another port with --port (0 means any free port)',
    again: { with: ['--port', '0'] },
    exit: 'refused',
  });

const ofOtherSite = (port: number, site: string): UserError =>
  new UserError('PORT_OF_OTHER_SITE', {
    what: `port ${port} belongs to the site "${site}"`,
    why: 'two sites with the same binding cannot both be started',
    next: `deploy it to that site with --site "${site}", or give another port with --port`,
    again: { with: ['--site', site], without: ['--port'] },
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
  const newSite = typedCommand([...add, `/physicalPath:${home.wwwroot}`]);
  return new UserError('PORT_MOVES_SITE', {
    what: `--port ${asked} would move ${neighbours.join(', ')} away from port ${former}`,
    why: `all applications of "${siteName}" share its binding, and would answer only at port ${asked}`,
    next: `omit --port (the app will be at ${here}), or create a separate site: ${newSite}, and deploy with --site ${quoteForShell(name)} instead of --port`,
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
  return anyFreePort(ofOthers, signal);
}

/** A binding stays for years: no port that the system also gives to connections (32,768 and up on Linux, 49,152 on Windows). */
async function anyFreePort(ofOthers: Situation['ofOthers'], signal: AbortSignal | undefined): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    signal?.throwIfAborted();
    const port = randomInt(10_000, 30_000);
    if (!ofOthers.has(port) && (await isFree(port))) return port;
  }
  return (await listenOn(0)) ?? standardPort;
}

/** If a program accepts a connection, the port is in use, even where binding it a second time would succeed. */
async function isFree(port: number): Promise<boolean> {
  return !(await portAnswers(port, 500)) && (await listenOn(port)) !== undefined;
}

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
