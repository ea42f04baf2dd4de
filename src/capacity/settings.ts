import { poolProperties, setConfig, setPool } from '../appcmd/index.js';
import { commandLine } from '../quoting.js';
import { needsStickySessions } from '../webconfig/index.js';
import { limits, targets } from './limits.js';
import { measured } from './measured.js';
import type { CheckedQuestion } from './question.js';
import type { Shares } from './shares.js';
import type { CapacitySetting } from './types.js';

/** The open requests of one viewer: its socket; on polling a pending poll, and in addition a message or the upgrade. */
export const requestsPerViewer = (transports: readonly string[]): number => (transports.includes('polling') ? 2 : 1);

const up = (value: number): number => Math.ceil(value / 1000) * 1000;

/** maxConcurrentRequestsPerProcess for a number of viewers in one process. */
export const requestsInProcess = (viewers: number, transports: readonly string[]): number =>
  up(viewers * requestsPerViewer(transports) * targets.headroom);

/** appConcurrentRequestLimit for a number of viewers on one machine: reconnecting viewers, and their old sockets that have not ended. */
export const requestsInApplication = (viewers: number, transports: readonly string[]): number =>
  up(viewers * (requestsPerViewer(transports) + 1) * targets.headroom);

function attributeSetting(name: string, value: string, why: string, source: string): CapacitySetting {
  return { where: 'web.config', name, value, text: `${name}="${value}"`, why, source };
}

function iisnodeSettings({ transports }: CheckedQuestion, shares: Shares): CapacitySetting[] {
  const { processes, viewersPerProcess } = shares;
  const open = viewersPerProcess * requestsPerViewer(transports);
  const requests = Math.max(limits.requestsPerProcessByInit.value, requestsInProcess(viewersPerProcess, transports));
  return [
    attributeSetting(
      'nodeProcessCountPerApplication',
      String(processes),
      `${viewersPerProcess} viewers per process; the maximum for one process is ${shares.mostPerProcess.viewers}, because ${shares.mostPerProcess.because}`,
      measured.processorPerConnection.source,
    ),
    ...(needsStickySessions(processes, transports)
      ? [
          attributeSetting(
            'nodeProcessStickySessions',
            'true',
            "each poll must reach the process that knows its session; Azure's iisnode 0.2.24 or later, an older one answers every request with 500.1000",
            'iisnode 0.2.27, cnodeprocessmanager.cpp Dispatch',
          ),
        ]
      : []),
    attributeSetting(
      'maxConcurrentRequestsPerProcess',
      String(requests),
      `${open} concurrent requests in one process; the default limit is ${limits.requestsPerProcess.value}, and requests above it get 503.1002`,
      limits.requestsPerProcess.source,
    ),
    ...(transports.includes('polling') && viewersPerProcess > limits.pooledPipes.value
      ? [
          attributeSetting(
            'maxNamedPipeConnectionPoolSize',
            String(up(viewersPerProcess)),
            `a message to all viewers ends ${viewersPerProcess} polls at the same time; above the default of ${limits.pooledPipes.value} their pipes are closed and opened again for the next poll`,
            limits.pooledPipes.source,
          ),
        ]
      : []),
    attributeSetting(
      'gracefulShutdownTimeout',
      String(targets.gracefulShutdownTimeout),
      'in ms; sockets never end on their own: after a change the default of 60000 keeps viewers on the old process for a minute',
      'iisnode 0.2.27, cnodeprocessmanager.cpp GracefulShutdown',
    ),
  ];
}

function onServer(name: string, value: string, args: readonly string[], why: string, source: string): CapacitySetting {
  return { where: 'server', name, value, text: commandLine('appcmd', args), why, source };
}

function serverSettings({ transports }: CheckedQuestion, shares: Shares, pool: string): CapacitySetting[] {
  const { viewersPerMachine } = shares;
  const requests = requestsInApplication(viewersPerMachine, transports);
  const isBeyond = requests > limits.requestsPerApplication.value;
  const queue = Math.min(limits.mostQueueLength.value, up(viewersPerMachine));
  const isLong = viewersPerMachine > limits.queueLength.value;
  return [
    ...(isBeyond
      ? [
          onServer(
            'appConcurrentRequestLimit',
            String(requests),
            [...setConfig('system.webServer/serverRuntime', { appConcurrentRequestLimit: requests })],
            `all ${viewersPerMachine} viewers of a machine and the sockets of the ending process; requests above the default of ${limits.requestsPerApplication.value} get 503.2; the section is locked for web.config`,
            limits.requestsPerApplication.source,
          ),
        ]
      : []),
    ...(isLong
      ? [
          onServer(
            'queueLength',
            String(queue),
            setPool(pool, { queueLength: queue }),
            `after a recycle ${viewersPerMachine} viewers reconnect at the same time; requests above the default queue length of ${limits.queueLength.value} get 503`,
            limits.queueLength.source,
          ),
        ]
      : []),
    onServer(
      'application pool',
      'no idle timeout, no periodic recycling, one worker process',
      setPool(pool, { ...poolProperties, 'processModel.maxProcesses': 1 }),
      'when the worker process ends (after 20 idle minutes, every 29 hours), every socket is closed; two worker processes share no sessions. deploy sets these, the last one if it is not 1, the default',
      'IIS 10, IIS_schema.xml, applicationPools',
    ),
  ];
}

/** All settings for these shares: first web.config, then the server. */
export function settingsFor(question: CheckedQuestion, shares: Shares, pool: string): readonly CapacitySetting[] {
  return [...iisnodeSettings(question, shares), ...serverSettings(question, shares, pool)];
}
