import { describe, expect, it } from 'vitest';
import { runFarm, type ServerOutcome, type ServerWork } from '../../../src/deploy/farm/run-farm.js';
import { interrupted, UserError } from '../../../src/errors.js';
import type { ExitReason } from '../../../src/exit-codes.js';

const fails = (exit: ExitReason): UserError => new UserError('FAILS', { what: 'w', why: 'y', next: 'n', exit });

interface Script {
  /** The error of its work; undefined: it succeeds. */
  readonly act?: unknown;
  /** The error of its undo. */
  readonly undo?: unknown;
  /** It ends only when it is interrupted, and throws that; `reason`: it throws the signal's own reason. */
  readonly waits?: boolean | 'reason';
  /** Called when it begins. */
  readonly onAct?: () => void;
}

/** Servers that do as they are told, and the log of what was asked of them. */
function farmOf(scripts: Readonly<Record<string, Script>>) {
  const log: string[] = [];
  const works = Object.entries(scripts).map(
    ([server, { act, undo, waits, onAct }]): ServerWork<string> => ({
      server,
      async act(signal) {
        log.push(`act ${server}`);
        onAct?.();
        if (waits) {
          await new Promise<void>((resolve) => {
            if (signal.aborted) resolve();
            signal.addEventListener('abort', () => resolve());
          });
          throw waits === 'reason' ? signal.reason : interrupted();
        }
        if (act !== undefined) throw act;
        return `result of ${server}`;
      },
      async undo(result) {
        log.push(`undo ${server} with ${result}`);
        if (undo !== undefined) throw undo;
      },
    }),
  );
  const said: string[] = [];
  const say = (outcome: ServerOutcome<string>): void => void said.push(`${outcome.server} ${outcome.outcome}`);
  const talk = {
    began: (server: string, index: number) => void said.push(`${server} begins as ${index}`),
    ended: say,
    putsBack: (server: string) => void said.push(`${server} goes back`),
    wasPutBack: say,
  };
  const run = (options: { parallel?: number; keepGoing?: boolean; signal?: AbortSignal; dryRun?: boolean } = {}) =>
    runFarm(works, { parallel: 1, keepGoing: false, signal: new AbortController().signal, ...options }, talk);
  return { run, log, said };
}

const outcomes = ({ servers }: { readonly servers: readonly ServerOutcome<string>[] }): string =>
  servers.map(({ outcome }) => outcome).join(' ');

describe('several servers', () => {
  it('are worked on one after the other', async () => {
    const { run, said } = farmOf({ a: {}, b: {} });
    const done = await run();
    expect([outcomes(done), done.exit]).toEqual(['done done', 'done']);
    expect(said).toEqual(['a begins as 0', 'a done', 'b begins as 1', 'b done']);
  });

  it('are put back, the last one first, when one fails; the rest is not begun', async () => {
    const { run, log, said } = farmOf({ a: {}, b: {}, c: { act: fails('refused') }, d: {} });
    const done = await run();
    expect([outcomes(done), done.exit]).toEqual(['undone undone failed waiting', 'refused']);
    expect(log).toEqual(['act a', 'act b', 'act c', 'undo b with result of b', 'undo a with result of a']);
    expect(said.slice(-4)).toEqual(['b goes back', 'b undone', 'a goes back', 'a undone']);
  });

  it.each<[string, Readonly<Record<string, Script>>, object, string, ExitReason]>([
    [
      'the exit is the worst',
      { a: { act: fails('usage') }, b: { act: fails('refused') }, c: {} },
      { keepGoing: true },
      'failed failed done',
      'refused',
    ],
    [
      'a rollback that failed is the worst',
      { a: { act: fails('incomplete') }, b: { act: new Error('bug') } },
      { keepGoing: true },
      'failed failed',
      'incomplete',
    ],
    ['a bug is one', { a: {}, b: { act: new TypeError('bug') } }, {}, 'undone failed', 'bug'],
    [
      'one that cannot be put back stops no other',
      { a: {}, b: { undo: fails('refused') }, c: { act: fails('usage') } },
      {},
      'undone stuck failed',
      'incomplete',
    ],
    [
      'a dry run has nothing to put back',
      { a: {}, b: { act: fails('refused') } },
      { dryRun: true },
      'done failed',
      'refused',
    ],
  ])('%s', async (_what, scripts, options, expected, exit) => {
    const done = await farmOf(scripts).run(options);
    expect([outcomes(done), done.exit]).toEqual([expected, exit]);
  });

  it.each([true, 'reason'] as const)(
    'are at work together, at most so many; a failure interrupts the others, which roll themselves back: %s',
    async (waits) => {
      const { run, log } = farmOf({ a: {}, b: { waits }, c: { act: fails('refused') }, d: {} });
      const done = await run({ parallel: 2 });
      expect([outcomes(done), done.exit]).toEqual(['undone stopped failed waiting', 'refused']);
      expect(log).toEqual(['act a', 'act b', 'act c', 'undo a with result of a']);
    },
  );

  it('of which one ends in spite of the interruption: it is put back, too', async () => {
    let endSlow: (result: string) => void = () => undefined;
    const slow: ServerWork<string> = {
      server: 'slow',
      act: () =>
        new Promise((resolve) => {
          endSlow = resolve;
        }),
      undo: async () => undefined,
    };
    const failing: ServerWork<string> = {
      server: 'failing',
      act: () => Promise.reject(fails('refused')),
      undo: async () => undefined,
    };
    const talk = { began: () => {}, ended: () => endSlow('done after all'), putsBack: () => {}, wasPutBack: () => {} };
    const signal = new AbortController().signal;
    expect(outcomes(await runFarm([slow, failing], { parallel: 2, keepGoing: false, signal }, talk))).toBe(
      'undone failed',
    );
  });

  it.each([
    [false, 'undone failed waiting', ['act a', 'act b', 'undo a with result of a']],
    [true, 'done failed waiting', ['act a', 'act b']],
  ])('end at a signal; with keepGoing %s: %s', async (keepGoing, expected, asked) => {
    const controller = new AbortController();
    const { run, log } = farmOf({ a: {}, b: { waits: true, onAct: () => controller.abort() }, c: {} });
    const done = await run({ keepGoing, signal: controller.signal });
    expect([outcomes(done), done.exit]).toEqual([expected, 'interrupted']);
    expect(log).toEqual(asked);
  });

  it('are put back also at a signal that comes when the last one is done', async () => {
    const controller = new AbortController();
    const { run } = farmOf({ a: {}, b: { onAct: () => controller.abort() } });
    expect(outcomes(await run({ signal: controller.signal }))).toBe('undone undone');
  });
});
