import { asInterruption, UserError } from '../../errors.js';
import { type ExitReason, exitCodes } from '../../exit-codes.js';

/** The work on one server of several. */
export interface ServerWork<Result> {
  /** As in `--to`. */
  readonly server: string;
  /** All or nothing: when it throws, or `signal` interrupts it, the server is as before, or the error is UNDO_INCOMPLETE. */
  act(signal: AbortSignal): Promise<Result>;
  /** Puts back what was there before. @throws Error where it cannot be put back. */
  undo(result: Result): Promise<void>;
}

export interface FarmOptions {
  /** How many servers at the same time. */
  readonly parallel: number;
  /** A failure stops no other server, and what is done stays. */
  readonly keepGoing: boolean;
  readonly signal: AbortSignal;
  /** Nothing is changed: there is nothing to put back. */
  readonly dryRun?: boolean;
}

/**
 * What became of a server. done: it stands; failed: as before, by its own rollback, or UNDO_INCOMPLETE; stopped: it was at work when
 * another one failed, and rolled itself back; undone: it was done, and was put back; stuck: it was done, and could not be put back;
 * waiting: its turn never came.
 */
export type ServerOutcome<Result> = { readonly server: string } & (
  | { readonly outcome: 'done' | 'undone'; readonly result: Result }
  | { readonly outcome: 'stuck'; readonly result: Result; readonly error: unknown }
  | { readonly outcome: 'failed' | 'stopped'; readonly error: unknown }
  | { readonly outcome: 'waiting' }
);

/** Hears of the servers one after the other. */
export interface FarmTalk<Result> {
  began(server: string, index: number): void;
  /** Its own work has ended; it may be put back later. */
  ended(outcome: ServerOutcome<Result>): void;
  putsBack(server: string): void;
  wasPutBack(outcome: ServerOutcome<Result>): void;
}

export interface FarmRun<Result> {
  /** In the order given. */
  readonly servers: readonly ServerOutcome<Result>[];
  /** The worst of all. */
  readonly exit: ExitReason;
}

/**
 * Does the work on the servers, in their order, so many at a time. At the first failure, or at a signal, none is begun any more, those at
 * work are interrupted, which rolls them back, and those that are done are put back, the last one first. With `keepGoing` every server
 * has its turn, and stays as it is; a signal then only ends the work. Throws nothing: what a server throws is in its outcome.
 */
export async function runFarm<Result>(
  works: readonly ServerWork<Result>[],
  { parallel, keepGoing, signal, dryRun = false }: FarmOptions,
  talk: FarmTalk<Result>,
): Promise<FarmRun<Result>> {
  const outcomes = new Map<ServerWork<Result>, ServerOutcome<Result>>();
  const ended: ServerWork<Result>[] = [];
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const isStopped = (): boolean => signal.aborted || (stop.signal.aborted && !keepGoing);
  await inTurns(works, parallel, async (work, index) => {
    if (isStopped()) return;
    talk.began(work.server, index);
    const outcome = await outcomeOf(work, either, () => stop.signal.aborted && !signal.aborted);
    if (outcome.outcome === 'failed' && !keepGoing) stop.abort();
    outcomes.set(work, outcome);
    ended.push(work);
    talk.ended(outcome);
  });
  if (isStopped() && !keepGoing && !dryRun) {
    await inTurns(ended.reverse(), parallel, async (work) => {
      const done = outcomes.get(work);
      if (done?.outcome !== 'done') return;
      talk.putsBack(work.server);
      const outcome = await putBack(work, done.result);
      outcomes.set(work, outcome);
      talk.wasPutBack(outcome);
    });
  }
  const servers = works.map(
    (work): ServerOutcome<Result> => outcomes.get(work) ?? { server: work.server, outcome: 'waiting' },
  );
  return { servers, exit: worstExit(servers, signal.aborted) };
}

async function outcomeOf<Result>(
  { server, act }: ServerWork<Result>,
  signal: AbortSignal,
  isByOther: () => boolean,
): Promise<ServerOutcome<Result>> {
  try {
    return { server, outcome: 'done', result: await act(signal) };
  } catch (cause) {
    const error = asInterruption(cause, signal);
    const isInterrupted = error instanceof UserError && error.exit === 'interrupted';
    return { server, outcome: isInterrupted && isByOther() ? 'stopped' : 'failed', error };
  }
}

async function putBack<Result>({ server, undo }: ServerWork<Result>, result: Result): Promise<ServerOutcome<Result>> {
  try {
    await undo(result);
    return { server, outcome: 'undone', result };
  } catch (error) {
    return { server, outcome: 'stuck', result, error };
  }
}

/** Calls `act` for each, in order, at most `most` at the same time. */
async function inTurns<Item>(
  items: readonly Item[],
  most: number,
  act: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  const queue = [...items.entries()];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await act(next[1], next[0]);
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
}

/** From the least to the worst: after `incomplete` a server has to be looked at, whatever else happened. */
const byWeight: readonly ExitReason[] = ['done', 'question', 'usage', 'refused', 'bug', 'interrupted', 'incomplete'];

function worstExit(servers: readonly ServerOutcome<unknown>[], isInterrupted: boolean): ExitReason {
  const exits = servers.map((each): ExitReason => {
    if (each.outcome === 'stuck') return 'incomplete';
    if (each.outcome === 'failed' || each.outcome === 'stopped') {
      const exit = each.error instanceof UserError ? each.error.exit : 'bug';
      return each.outcome === 'stopped' && exit === 'interrupted' ? 'done' : exit;
    }
    return 'done';
  });
  return worstOf([...exits, isInterrupted ? 'interrupted' : 'done']);
}

/** The worst of the exits of several pieces of work. */
export const worstOf = (exits: readonly ExitReason[]): ExitReason =>
  exits.reduce((worst, exit) => (byWeight.indexOf(exit) > byWeight.indexOf(worst) ? exit : worst), 'done');

/** For a process: its number. */
export const exitCodeOf = (exit: ExitReason): number => exitCodes[exit].code;
