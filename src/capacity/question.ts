import { UserError } from '../errors.js';
import { most } from '../most.js';
import { didYouMean } from '../nearest-name.js';
import { iisnodeSock } from '../typed-command.js';
import { targets } from './limits.js';
import type { CapacityQuestion, Transport } from './types.js';

/** A complete question with valid numbers. */
export interface CheckedQuestion {
  readonly viewers: number;
  readonly processes: number | undefined;
  readonly machines: number | undefined;
  readonly transports: readonly Transport[];
  readonly messagesPerSecond: number;
  readonly processors: number;
}

function whole(option: string, value: number, limit: number): number {
  if (Number.isSafeInteger(value) && value >= 1 && value <= limit) return value;
  throw new UserError('CAPACITY_INVALID', {
    what: `--${option} ${value} is not a valid number`,
    why: `It must be a whole number from 1 to ${limit}.`,
    next: `for example: ${iisnodeSock} capacity --viewers 5000`,
    again: { with: [`--${option}`, `${Math.min(limit, option === 'viewers' ? 5_000 : 1)}`] },
  });
}

function rate(value: number): number {
  if (Number.isFinite(value) && value >= 0 && value <= most.messages) return value;
  throw new UserError('CAPACITY_INVALID', {
    what: `--messages ${value} is not a valid number`,
    why: `It is the number of messages per viewer and second, from 0 to ${most.messages}.`,
    next: 'for example: --messages 0.5, one every two seconds',
    again: { with: ['--messages', '0.5'] },
  });
}

function transportsOf(names: readonly string[]): readonly Transport[] {
  const known: readonly Transport[] = ['websocket', 'polling'];
  const found = known.filter((name) => names.includes(name));
  if (found.length > 0 && found.length === names.length) return found;
  const strange = names.find((name) => !known.some((each) => each === name));
  throw new UserError('TRANSPORTS_INVALID', {
    what: `"${names.join(',')}" is not a list of transports`,
    why: `${strange === undefined ? '' : didYouMean(strange, known)}With iisnode socket.io has two: websocket and polling; each may be named once.`,
    next: '--transports websocket, or --transports websocket,polling',
    again: { with: ['--transports', known.join(',')] },
  });
}

/** Checks the numbers and fills in the defaults. Throws UserError CAPACITY_INVALID, TRANSPORTS_INVALID. */
export function checkQuestion(question: CapacityQuestion): CheckedQuestion {
  const { viewers, processes, machines, transports, messagesPerSecond, processors } = question;
  return {
    viewers: whole('viewers', viewers, most.viewers),
    processes: processes === undefined ? undefined : whole('processes', processes, most.processes),
    machines: machines === undefined ? undefined : whole('machines', machines, most.machines),
    transports: transportsOf(transports ?? ['websocket']),
    messagesPerSecond: rate(messagesPerSecond ?? targets.messagesPerSecond),
    processors: whole('processors', processors ?? targets.processors, most.processors),
  };
}
