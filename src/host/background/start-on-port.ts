import { UserError } from '../../errors.js';
import { iisnodeSock } from '../../typed-command.js';
import type { HostEvent, RunningHost } from '../types.js';
import { openHome } from './home.js';
import { hostStatus } from './running.js';

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
  if (asked !== undefined) return start(asked);
  const taken = await portsOfBackgroundHost(environment);
  if (!taken.includes(standardPort)) return start(standardPort);
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
