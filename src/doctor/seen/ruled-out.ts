import { severalProcesses, severalProcessesOrMachines } from '../facts/processes.js';
import { hasIisnodeHandler, hostedElsewhere } from '../facts/realtime.js';
import type { FileFacts } from '../types.js';

/** Reasons in the files why a cause is not the one; each returns undefined where the files do not rule it out. */

const usesIisnode = (facts: FileFacts): boolean =>
  facts.iisnode !== undefined && hasIisnodeHandler(facts) && !hostedElsewhere(facts);

/** No request can reach another process: there is one, on one machine. */
export function oneProcess(facts: FileFacts): string | undefined {
  if (!usesIisnode(facts) || severalProcessesOrMachines(facts) !== undefined) return undefined;
  return 'nodeProcessCountPerApplication is 1, on one machine: all requests reach the same process';
}

/** Requests of a client stay with their process on this machine. */
export function stickyProcesses(facts: FileFacts): string | undefined {
  if (severalProcesses(facts) === undefined) return oneProcess(facts);
  return facts.iisnode?.values.nodeProcessStickySessions === true
    ? 'nodeProcessStickySessions is true: a client that sends its cookie stays with its process'
    : undefined;
}

/** One machine runs the app. */
export function oneMachine({ machines }: FileFacts): string | undefined {
  return machines === 1 ? 'one machine runs the app (say --machines if there are more)' : undefined;
}

/** The element that keeps IIS's own WebSocket module away from the upgrade is there. */
export function moduleIsOff(facts: FileFacts): string | undefined {
  if (!usesIisnode(facts)) return undefined;
  return facts.site?.webSocket?.enabled === false ? '<webSocket enabled="false" /> is in web.config' : undefined;
}
