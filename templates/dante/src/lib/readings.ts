// Viewers who are at the same stanza at the same moment share a reading, and one timer advances all readings: ten thousand
// viewers need one timer, and each stanza goes to all viewers of a reading at once.

import { randomUUID } from 'node:crypto';

/** A place in the poem that advances by one stanza each interval. */
export interface Reading {
  /** Unique, also among other processes. */
  readonly name: string;
  /** The index of the next stanza; the number of stanzas before the end mark, one more after it. */
  next: number;
}

interface PlannedReading extends Reading {
  /** The tick at which it advances. */
  due: number;
  /** The last stanza had no viewer, and none has joined since. */
  deserted: boolean;
}

export interface ReadingsOptions {
  /** How many stanzas the poem has. */
  readonly stanzas: number;
  /** From one stanza to the next, in ms. */
  readonly interval: number;
  /** Sends stanza `index` to a reading's viewers, or the end mark when it is `stanzas`; false: it has no viewers. */
  readonly deliver: (reading: Reading, index: number) => boolean;
  /** An interval after a reading's end mark. */
  readonly close: (reading: Reading) => void;
}

/** Ticks in an interval: viewers who join within 50 ms of each other share a reading. */
const ticksPerInterval = 40;

export class Readings {
  readonly #options: ReadingsOptions;
  /** ms from one tick to the next. */
  readonly #pause: number;
  readonly #slots: PlannedReading[][] = Array.from({ length: ticksPerInterval }, () => []);
  readonly #byName = new Map<string, Reading>();
  readonly #prefix = `reading-${randomUUID()}-`;
  #made = 0;
  #tick = 0;
  /** When tick 0 was, by performance.now(). */
  #start = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ReadingsOptions) {
    this.#options = options;
    this.#pause = options.interval / ticksPerInterval;
  }

  /** The reading, found or new, that delivers stanza `next` in `wait` ms (at most an interval). */
  place(next: number, wait: number): Reading {
    if (this.#timer === undefined) {
      this.#start = performance.now() - this.#tick * this.#pause;
      this.#sleep();
    } else this.#keepPace();
    const due = Math.max(this.#tick + 1, Math.ceil((performance.now() + wait - this.#start) / this.#pause));
    const slot = this.#slots[due % ticksPerInterval] ?? [];
    const found = slot.find((reading) => reading.due === due && reading.next === next);
    if (found) {
      found.deserted = false;
      return found;
    }
    this.#made += 1;
    const reading = { name: `${this.#prefix}${this.#made}`, next, due, deserted: false };
    slot.push(reading);
    this.#byName.set(reading.name, reading);
    return reading;
  }

  /** The reading of that name; undefined when it has ended, or belongs to another process. */
  find(name: string): Reading | undefined {
    return this.#byName.get(name);
  }

  #sleep(): void {
    const next = this.#start + (this.#tick + 1) * this.#pause;
    this.#timer = setTimeout(() => this.#wake(), next - performance.now());
  }

  #wake(): void {
    this.#keepPace();
    const now = Math.floor((performance.now() - this.#start) / this.#pause);
    while (this.#tick < now) {
      this.#tick += 1;
      this.#advance();
    }
    if (this.#byName.size > 0) this.#sleep();
    else this.#timer = undefined;
  }

  /** After the machine has slept the missed stanzas do not come all at once: the pace stays the same. */
  #keepPace(): void {
    const behind = performance.now() - this.#start - (this.#tick + 1) * this.#pause;
    if (behind > this.#options.interval / 2) this.#start += behind;
  }

  #advance(): void {
    const slot = this.#slots[this.#tick % ticksPerInterval] ?? [];
    const going = slot.splice(0).filter((reading) => reading.due > this.#tick || this.#moveOn(reading));
    slot.push(...going);
  }

  /** False when it has ended: an interval after the end mark, or after a stanza without viewers. Until then one may come back. */
  #moveOn(reading: PlannedReading): boolean {
    const { stanzas, deliver, close } = this.#options;
    const index = reading.next;
    const wasDeserted = reading.deserted;
    if (index <= stanzas) {
      reading.next += 1;
      reading.due += ticksPerInterval;
      reading.deserted = !deliver(reading, index);
      if (!(reading.deserted && wasDeserted)) return true;
    } else {
      close(reading);
    }
    this.#byName.delete(reading.name);
    return false;
  }
}
