import { UserError } from '../errors.js';
import { type HostEvent, hostStatus, openHome, type RunningHost } from '../host/index.js';

/** Where serve listens when nobody says otherwise. */
export const standardPort = 8080;
/** So many ports behind it are tried. */
const further = 50;

/**
 * Starts a host on the port asked for; without one on 8080, or on the next free one where the background host of deploy listens
 * there. Throws what `start` throws: a port that another program holds is an error.
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
        message: `Apps that were deployed are served on port ${standardPort} (iisnode-sock status), so this one is on ${port}.`,
      });
      return host;
    } catch (error) {
      const next = error instanceof UserError && error.code === 'PORT_TAKEN' && port < standardPort + further;
      if (!next) throw error;
    }
  }
}

/** serve does without the home: whatever is wrong with it is no matter here. */
async function portsOfBackgroundHost(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly number[]> {
  try {
    return (await hostStatus(openHome(environment)))?.addresses.map(({ port }) => port) ?? [];
  } catch {
    return [];
  }
}
