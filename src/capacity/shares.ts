import { targets } from './limits.js';
import { measured } from './measured.js';
import type { CheckedQuestion } from './question.js';
import type { CapacityPlan, Division } from './types.js';

/** How the viewers are distributed. */
export interface Shares extends Division {
  readonly mostPerProcess: CapacityPlan['mostPerProcess'];
  /** A sufficient number of machines, with the given number of processes, or as many as their processors allow. */
  readonly enoughMachines: number;
  readonly enough: CapacityPlan['enough'];
  readonly faults: readonly string[];
}

/** Two digits are enough for a value that was measured on another machine. */
function roundDown(value: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1);
  return Math.max(1, Math.floor(value / step) * step);
}

/** Microseconds of processor time a second for one viewer. */
export const processorPerViewer = (messagesPerSecond: number): number =>
  measured.processorPerIdleViewer.value + messagesPerSecond * measured.processorPerMessage.value;

/** The maximum of viewers for one process: the lowest of three limits. */
function mostPerProcess(messagesPerSecond: number): CapacityPlan['mostPerProcess'] {
  const second = 1_000_000;
  const candidates = [
    {
      viewers: (targets.processorShare * second) / processorPerViewer(messagesPerSecond),
      because: `${messagesPerSecond} messages per second to each of them use half of its processor`,
    },
    {
      viewers: (targets.secondsToReconnect * second) / measured.processorPerConnection.value,
      because: `after a recycle all reconnect at the same time, which takes ${targets.secondsToReconnect} s of its processor`,
    },
    { viewers: targets.heap / measured.heapPerViewer.value, because: 'their sessions fill 1 GB of its heap' },
  ];
  const first = candidates.reduce((a, b) => (b.viewers < a.viewers ? b : a));
  return { viewers: roundDown(first.viewers), because: first.because };
}

/** One processor is for the worker process, which handles every byte. */
const mostProcesses = (processors: number): number => Math.max(1, processors - 1);

function divide(viewers: number, machines: number, processes: number): Division {
  const viewersPerMachine = Math.ceil(viewers / machines);
  return { machines, processes, viewersPerMachine, viewersPerProcess: Math.ceil(viewersPerMachine / processes) };
}

/** Distributes the viewers: as asked, else over as few machines and processes as possible. */
export function divideViewers(question: CheckedQuestion): Shares {
  const { viewers, processors, messagesPerSecond } = question;
  const most = mostPerProcess(messagesPerSecond);
  const atMost = mostProcesses(processors);
  const ofMachines = (count: number): number => Math.ceil(viewers / (most.viewers * count));
  const enoughMachines = ofMachines(Math.min(question.processes ?? atMost, processors));
  const machines = question.machines ?? enoughMachines;
  const processes = question.processes ?? Math.min(ofMachines(machines), atMost);
  const asked = divide(viewers, machines, processes);
  const { viewersPerProcess } = asked;
  const leastMachines = ofMachines(atMost);
  const least = divide(viewers, leastMachines, Math.min(atMost, ofMachines(leastMachines)));
  const isTooMuch = processorPerViewer(messagesPerSecond) > targets.processorShare * 1_000_000;
  const faults: string[] = [];
  if (isTooMuch) {
    faults.push(
      `${messagesPerSecond} messages per second to a single viewer use more than half a processor: send fewer.`,
    );
  } else if (viewersPerProcess > most.viewers) {
    const where = least.machines === 1 ? 'one machine' : `${least.machines} machines, each`;
    faults.push(
      `${viewersPerProcess} viewers are too many for one process: the maximum is ${most.viewers}, because ${most.because}. This needs ${where} with ${least.processes} node ${least.processes === 1 ? 'process' : 'processes'}.`,
    );
  }
  if (processes > processors) {
    faults.push(
      `${processes} node processes share ${processors} processors: more processes than processors do not serve more viewers (set their number with --processors).`,
    );
  }
  const enough = faults.length === 0 ? asked : isTooMuch ? undefined : least;
  return {
    ...asked,
    mostPerProcess: most,
    enoughMachines,
    enough,
    faults,
  };
}
