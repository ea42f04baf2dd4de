import { iisnodeSock } from '../typed-command.js';
import { needsStickySessions, wantedIisnodeSettings } from '../webconfig/index.js';
import { limitsFor } from './check-limits.js';
import { targets } from './limits.js';
import { measured } from './measured.js';
import { type CheckedQuestion, checkQuestion } from './question.js';
import { settingsFor } from './settings.js';
import { divideViewers, processorPerViewer, type Shares } from './shares.js';
import type { CapacityLoad, CapacityPlan, CapacityQuestion, CapacitySetting, Need, Transport } from './types.js';

function loadOf({ messagesPerSecond }: CheckedQuestion, shares: Shares): CapacityLoad {
  const { viewersPerProcess, viewersPerMachine, processes } = shares;
  const memory = (viewers: number, count: number): number =>
    count * measured.memoryPerProcess.value + viewers * measured.memoryPerViewer.value;
  return {
    processorShare: (viewersPerProcess * processorPerViewer(messagesPerSecond)) / 1_000_000,
    memoryPerProcess: memory(viewersPerProcess, 1),
    memoryPerMachine: memory(viewersPerMachine, processes),
    secondsToReconnect: (viewersPerProcess * measured.processorPerConnection.value) / 1_000_000,
    messagesPerSecond: viewersPerProcess * messagesPerSecond,
  };
}

/** The consequences of a number of machines and processes; if the given numbers are too low, of sufficient ones. */
function needsOf({ transports }: CheckedQuestion, { enough, enoughMachines, faults }: Shares): Need[] {
  if (enough === undefined) return [];
  const { processes, machines } = enough;
  // More machines may be given than needed.
  const least = faults.length === 0 ? enoughMachines : machines;
  const polls = transports.includes('polling');
  const isShared = processes * machines > 1;
  const sticky = needsStickySessions(processes, transports);
  return [
    {
      name: 'sticky sessions',
      needed: sticky,
      why: sticky
        ? 'several processes, and a poll must reach the one that knows its session'
        : polls
          ? 'one process on a machine knows every session of it'
          : 'a WebSocket stays with its process',
    },
    {
      name: 'adapter',
      needed: isShared,
      why: isShared
        ? 'several processes: without an adapter (Redis) io.emit and rooms reach only the clients of their own process; an app that sends only to its own clients (io.local) needs none'
        : 'one process has every viewer',
    },
    {
      name: 'affinity',
      needed: machines > 1 && polls,
      why:
        machines === 1
          ? 'one machine'
          : polls
            ? 'the load balancer must send a client to the same machine each time: ARR affinity, with credentials from other origins'
            : 'a WebSocket stays with its machine',
    },
    {
      name: 'several machines',
      needed: least > 1,
      why: least > 1 ? `at least ${least}, because of their processors` : 'one machine is enough',
    },
  ];
}

/** Settings that `init` writes with another value, or not at all. */
function settingsInitDoesNotWrite(
  settings: readonly CapacitySetting[],
  processes: number,
  transports: readonly Transport[],
): readonly string[] {
  const written = wantedIisnodeSettings({ entry: 'server.js', vdirPath: '/', processes, transports });
  const isWritten = ({ name, value }: CapacitySetting): boolean =>
    written.some((each) => each.name === name && each.value === value);
  return settings.filter((each) => each.where === 'web.config' && !isWritten(each)).map(({ text }) => text);
}

type Setup = Pick<CapacityPlan, 'load' | 'settings' | 'limits' | 'init' | 'byHand'>;

/** The settings and their results, for the machines and processes that serve the viewers. */
function setupOf(question: CheckedQuestion, shares: Shares, needs: readonly Need[], pool: string): Setup {
  const { enough } = shares;
  if (enough === undefined) return { load: undefined, settings: [], limits: [], init: undefined, byHand: [] };
  const carrying = { ...shares, ...enough };
  const { transports } = question;
  const settings = settingsFor(question, carrying, pool);
  const adapter = needs.some(({ name, needed }) => name === 'adapter' && needed) ? ' --adapter redis' : '';
  return {
    load: loadOf(question, carrying),
    settings,
    limits: limitsFor(question, carrying),
    init: `${iisnodeSock} init --processes ${enough.processes} --transports ${transports.join(',')}${adapter}`,
    byHand: settingsInitDoesNotWrite(settings, enough.processes, transports),
  };
}

function assumptionsOf(question: CheckedQuestion): string[] {
  return [
    `each viewer gets ${question.messagesPerSecond} messages per second (--messages)`,
    `a machine has ${question.processors} processors, one of them for IIS (--processors)`,
    `a process uses at most half a processor, and all its viewers reconnect within ${targets.secondsToReconnect} s of processor time after a recycle`,
    measured.processorPerMessage.source,
    "the worker process's own processor time and memory are not included",
  ];
}

/**
 * What a number of viewers needs: processes, machines and settings, each with its reason and the source of its number.
 *
 * @param pool The application pool's name for the commands.
 * @throws UserError CAPACITY_INVALID, TRANSPORTS_INVALID.
 */
export function planCapacity(asked: CapacityQuestion, pool = 'POOL'): CapacityPlan {
  const question = checkQuestion(asked);
  const shares = divideViewers(question);
  const needs = needsOf(question, shares);
  const { viewers, transports, processors } = question;
  return {
    viewers,
    transports,
    processors,
    ...shares,
    fits: shares.faults.length === 0,
    needs,
    ...setupOf(question, shares, needs, pool),
    assumptions: assumptionsOf(question),
  };
}
