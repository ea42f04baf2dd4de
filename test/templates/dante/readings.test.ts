import { createRequire } from 'node:module';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';

interface Reading {
  readonly name: string;
  next: number;
}
interface Readings {
  place(next: number, wait: number): Reading;
  find(name: string): Reading | undefined;
}
interface Options {
  readonly stanzas: number;
  readonly interval: number;
  readonly deliver: (reading: Reading, index: number) => boolean;
  readonly close: (reading: Reading) => void;
}
const module = createRequire(import.meta.url)('../../../templates/dante/lib/readings.js') as {
  Readings: new (options: Options) => Readings;
};

const interval = 2000;
/** The deliveries: [ms since the start, index]. */
let delivered: Map<string, [number, number][]>;
/** Readings that were closed: [ms since the start, name]. */
let closed: [number, string][];
let readers: Set<string>;
let began: number;

function readings(stanzas = 46): Readings {
  return new module.Readings({
    stanzas,
    interval,
    deliver({ name }, index) {
      delivered.set(name, [...(delivered.get(name) ?? []), [performance.now() - began, index]]);
      return readers.has(name);
    },
    close: ({ name }) => void closed.push([performance.now() - began, name]),
  });
}

function place(on: Readings, next: number, wait: number): Reading {
  const reading = on.place(next, wait);
  readers.add(reading.name);
  return reading;
}

beforeEach(() => {
  vi.useFakeTimers();
  delivered = new Map();
  closed = [];
  readers = new Set();
  began = performance.now();
});
afterEach(() => void vi.useRealTimers());

describe('the readings of a process', () => {
  it('move on by one stanza each interval, and end an interval after the last', () => {
    const reading = place(readings(3), 0, 0);
    vi.advanceTimersByTime(20_000);
    const seen = delivered.get(reading.name) ?? [];
    expect(seen.map(([, index]) => index)).toEqual([0, 1, 2, 3]);
    const [first = 0, ...rest] = seen.map(([at]) => at);
    expect(first).toBeLessThanOrEqual(51);
    rest.forEach((at, index) => void expect(Math.abs(at - first - (index + 1) * interval)).toBeLessThan(2));
  });

  it('are closed an interval after the end mark, while there are readers', () => {
    const all = readings(3);
    const read = place(all, 0, 0);
    all.place(1, 0); // one that never returns
    vi.advanceTimersByTime(20_000);
    expect(closed.map(([, name]) => name)).toEqual([read.name]);
    expect(closed[0]?.[0]).toBeGreaterThan(4 * interval - 1);
    expect(closed[0]?.[0]).toBeLessThan(4 * interval + 52);
  });

  it('are shared by viewers who want the same stanza within a tick, and by no others', () => {
    const all = readings();
    const one = place(all, 0, 0);
    expect(place(all, 0, 0)).toBe(one);
    expect(place(all, 1, 0)).not.toBe(one);
    expect(place(all, 0, 500)).not.toBe(one);
    vi.advanceTimersByTime(60);
    expect(place(all, 0, 0)).not.toBe(one);
    expect(place(all, 1, interval - 10).next).toBe(1);
  });

  it('accept a viewer who has waited a whole interval, not earlier', () => {
    const all = readings();
    place(all, 0, 0);
    vi.advanceTimersByTime(73);
    const late = place(all, 7, interval);
    vi.advanceTimersByTime(interval - 2);
    expect(delivered.get(late.name)).toBeUndefined();
    vi.advanceTimersByTime(52);
    expect(delivered.get(late.name)?.map(([, index]) => index)).toEqual([7]);
  });

  it('keep one timer for any number of readings, and none when all are over', () => {
    const all = readings();
    for (let count = 0; count < 500; count += 1) place(all, count % 46, (count * 37) % interval);
    expect(vi.getTimerCount()).toBe(1);
    readers.clear();
    vi.advanceTimersByTime(3 * interval);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('wait an interval for a viewer who may return, and find the reading by its name until then', () => {
    const all = readings();
    const reading = place(all, 0, 0);
    vi.advanceTimersByTime(60);
    readers.clear();
    vi.advanceTimersByTime(interval);
    expect(all.find(reading.name)).toBe(reading);
    expect(reading.next).toBe(2);
    vi.advanceTimersByTime(interval);
    expect(all.find(reading.name)).toBeUndefined();
    expect(all.find('reading-of-another-process')).toBeUndefined();
  });

  it('wait an interval for a viewer who joins a reading without viewers, too', () => {
    const all = readings();
    place(all, 0, 0);
    vi.advanceTimersByTime(60);
    readers.clear();
    vi.advanceTimersByTime(interval);
    // The second stanza was sent to no viewer; one who wants the third connects, and leaves before it.
    const reading = place(all, 2, interval - 20);
    expect(reading.name).toMatch(/-1$/);
    readers.clear();
    vi.advanceTimersByTime(interval);
    expect(all.find(reading.name)).toBe(reading);
    vi.advanceTimersByTime(interval);
    expect(all.find(reading.name)).toBeUndefined();
  });

  it('accept a viewer who comes just after the process was blocked, at the pace of that moment', () => {
    const all = readings();
    place(all, 0, 0);
    vi.advanceTimersByTime(60);
    const slept = performance.now;
    const spy = vi.spyOn(performance, 'now').mockImplementation(() => slept.call(performance) + 60_000);
    onTestFinished(() => spy.mockRestore());
    // Node reads the sockets first, then it runs the timers.
    const reading = place(all, 0, 0);
    vi.advanceTimersByTime(60);
    expect(delivered.get(reading.name)?.map(([, index]) => index)).toEqual([0]);
  });

  it('do not get faster after a time in which the process was blocked', () => {
    const reading = place(readings(), 0, 0);
    vi.advanceTimersByTime(60);
    // The clock advances by a minute without a timer: a machine's sleep.
    vi.setSystemTime(Date.now() + 60_000);
    const slept = performance.now;
    const spy = vi.spyOn(performance, 'now').mockImplementation(() => slept.call(performance) + 60_000);
    vi.advanceTimersByTime(2 * interval + 100);
    spy.mockRestore();
    expect(delivered.get(reading.name)?.length).toBeLessThanOrEqual(3);
  });
});
