import { targets } from './limits.js';
import { measured } from './measured.js';
import type { CheckedQuestion } from './question.js';
import type { CapacityPlan, Division } from './types.js';

/** How the viewers are shared out. */
export interface Shares extends Division {
  readonly mostPerProcess: CapacityPlan['mostPerProcess'];
  /** Machines that would do, with as many processes as are asked for, or as their processors carry. */
  readonly enoughMachines: number;
  readonly enough: CapacityPlan['enough'];
  readonly faults: readonly string[];
}

/** Two digits are enough for a figure that was measured elsewhere. */
function roughly(value: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1);
  return Math.max(1, Math.floor(value / step) * step);
}

/** Microseconds of processor time a second for one viewer. */
export const processorPerViewer = (messagesPerSecond: number): number =>
  measured.processorPerIdleViewer.value + messagesPerSecond * measured.processorPerMessage.value;

/** The most viewers one process should have: the first of three things that run out. */
export function mostPerProcess(messagesPerSecond: number): CapacityPlan['mostPerProcess'] {
  const second = 1_000_000;
  const candidates = [
    {
      viewers: (targets.processorShare * second) / processorPerViewer(messagesPerSecond),
      because: `${messagesPerSecond} messages a second to each take half of its processor`,
    },
    {
      viewers: (targets.secondsToReconnect * second) / measured.processorPerConnection.value,
      because: `after a recycle all come back at once, and that takes ${targets.secondsToReconnect} s of its processor`,
    },
    { viewers: targets.heap / measured.heapPerViewer.value, because: 'their sessions fill 1 GB of its heap' },
  ];
  const first = candidates.reduce((a, b) => (b.viewers < a.viewers ? b : a));
  return { viewers: roughly(first.viewers), because: first.because };
}

/** One processor is the worker process's, through which every byte goes. */
const mostProcesses = (processors: number): number => Math.max(1, processors - 1);

function divide(viewers: number, machines: number, processes: number): Division {
  const viewersPerMachine = Math.ceil(viewers / machines);
  return { machines, processes, viewersPerMachine, viewersPerProcess: Math.ceil(viewersPerMachine / processes) };
}

/** Shares the viewers out: as asked, and where nothing is asked over as few machines and processes as will do. */
export function shareOut(question: CheckedQuestion): Shares {
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
      `${messagesPerSecond} messages a second to one viewer alone take more than half a processor: send fewer.`,
    );
  } else if (viewersPerProcess > most.viewers) {
    const where = least.machines === 1 ? 'one machine' : `${least.machines} machines, each`;
    faults.push(
      `${viewersPerProcess} viewers are too many for one process: ${most.viewers} at most, because ${most.because}. It takes ${where} with ${least.processes} node ${least.processes === 1 ? 'process' : 'processes'}.`,
    );
  }
  if (processes > processors) {
    faults.push(
      `${processes} node processes share ${processors} processors: more processes than processors carry no more viewers (--processors says how many there are).`,
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
