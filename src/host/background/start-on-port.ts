import { UserError } from '../../errors.js';
import { iisnodeSock } from '../../typed-command.js';
import type { HostAddress, HostEvent, RunningHost } from '../types.js';
import { openHome } from './home.js';
import { hostStatus } from './running.js';
import { servesOf } from './serving.js';

/** The default port of serve. */
const standardPort = 8080;
/** How many ports after it are tried. */
const further = 50;

/**
 * Starts a host on the given port; by default on 8080, or on the next free port where the background host of deploy uses 8080.
 * Throws the errors of `start`: a port that another program uses is an error.
 */
export async function startOnPort(
  asked: number | undefined,
  environment: Readonly<Record<string, string | undefined>>,
  start: (port: number) => Promise<RunningHost>,
  say: (event: HostEvent) => void,
): Promise<RunningHost> {
  if (asked !== undefined)
    return start(asked).catch(async (error: unknown) => Promise.reject(await namingHolder(error, asked, environment)));
  const taken = await portsOfBackgroundHost(environment);
  if (!taken.includes(standardPort)) return startOnPort(standardPort, environment, start, say);
  for (let port = standardPort + 1; ; port++) {
    if (taken.includes(port)) continue;
    try {
      const host = await start(port);
      say({
        level: 'info',
        code: 'PORT_OF_BACKGROUND_HOST',
        message: `Deployed apps are served on port ${standardPort} (${iisnodeSock} status), so this one is on port ${port}.`,
      });
      return host;
    } catch (error) {
      const next = error instanceof UserError && error.code === 'PORT_TAKEN' && port < standardPort + further;
      if (!next) throw error;
    }
  }
}

/** A port that is taken by this program: the error says which of its hosts has it. */
async function namingHolder(
  error: unknown,
  port: number,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<unknown> {
  if (!(error instanceof UserError) || error.code !== 'PORT_TAKEN') return error;
  const why = await holderOf(port, environment).catch(() => undefined);
  if (why === undefined) return error;
  const { code, what, next, again, exit } = error;
  return new UserError(code, { what, why, next, ...(again && { again }), exit, cause: error });
}

async function holderOf(
  port: number,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const home = openHome(environment);
  const isThere = ({ addresses }: { readonly addresses: readonly HostAddress[] }): boolean =>
    addresses.some((address) => address.port === port);
  for (const one of await servesOf(home)) {
    if (!('silent' in one) && isThere(one)) return `serve ${one.served.directory} (process ${one.pid}) listens there.`;
  }
  const host = await hostStatus(home);
  return host && isThere(host)
    ? `The background host of the deployed apps (process ${host.pid}) listens there.`
    : undefined;
}

/** serve does not need the state folder: an error with it is ignored here. */
async function portsOfBackgroundHost(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly number[]> {
  try {
    return (await hostStatus(openHome(environment)))?.addresses.map(({ port }) => port) ?? [];
  } catch {
    return [];
  }
}
