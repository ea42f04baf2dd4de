import { limits } from './limits.js';
import type { CheckedQuestion } from './question.js';
import { requestsPerViewer } from './settings.js';
import type { Shares } from './shares.js';
import type { CapacityLimit } from './types.js';

/** Limits that no setting of the app changes, or that need another machine; each is reported only when the plan comes near it. */
export function limitsFor({ transports }: CheckedQuestion, shares: Shares): readonly CapacityLimit[] {
  const { viewersPerProcess, viewersPerMachine, processes } = shares;
  const open = viewersPerMachine * requestsPerViewer(transports);
  const rounds = Math.ceil(viewersPerProcess / limits.pendingPipes.value);
  const check = (
    name: string,
    { value, source }: { readonly value: number; readonly source: string },
    need: number,
    said: string,
  ): CapacityLimit => ({ name, limit: value, need, ok: need <= value, said, source });
  return [
    check(
      'pipe attempts',
      limits.pipeAttempts,
      rounds,
      `a process accepts ${limits.pendingPipes.value} connections at a time (NODE_PENDING_PIPE_INSTANCES) and iisnode tries again every 250 ms, ${limits.pipeAttempts.value} times: after that 503.1003`,
    ),
    check(
      'processes that are drained',
      limits.drainedProcesses,
      processes,
      'iisnode does not wait for sockets when it recycles more processes than that',
    ),
    check(
      'ports behind a proxy on Windows',
      limits.outgoingPorts,
      open,
      'a proxy on Windows (ARR) has that many outgoing ports to one machine; netsh int ipv4 set dynamicport tcp start=1025 num=64510 allows nearly all',
    ),
    check(
      'ports behind one address',
      limits.portsPerAddress,
      open,
      'a proxy, or a company behind one address, has no more ports for one address and port of the server: give the proxy more addresses',
    ),
    check(
      'Windows 10 and 11',
      limits.clientEdition,
      open,
      'IIS on client editions serves 10 requests at the same time (3 on Home), and the others wait: Windows Server has no such limit',
    ),
    check(
      'Azure App Service, plan Basic',
      limits.appServiceBasic,
      viewersPerMachine,
      'sockets of one instance (Free 5, Shared 35): above it 503; Standard and above state no limit',
    ),
  ];
}
