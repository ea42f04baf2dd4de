// Viewers who are at the same stanza at the same moment share a reading, and one timer advances all readings: ten thousand
// viewers need one timer, and each stanza goes to all viewers of a reading at once.

const { randomUUID } = require('node:crypto');

/** Ticks in an interval: viewers who join within 50 ms of each other share a reading. */
const ticksPerInterval = 40;

class Readings {
  #options;

  #pause;
  #slots = Array.from({ length: ticksPerInterval }, () => []);
  #byName = new Map();
  #prefix = `reading-${randomUUID()}-`;
  #made = 0;
  #tick = 0;
  /** When tick 0 was, by performance.now(). */
  #start = 0;
  #timer;

  constructor(options) {
    this.#options = options;
    this.#pause = options.interval / ticksPerInterval;
  }

  /** The reading, found or new, that delivers stanza `next` in `wait` ms (at most an interval). */
  place(next, wait) {
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
  find(name) {
    return this.#byName.get(name);
  }

  #sleep() {
    const next = this.#start + (this.#tick + 1) * this.#pause;
    this.#timer = setTimeout(() => this.#wake(), next - performance.now());
  }

  #wake() {
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
  #keepPace() {
    const behind = performance.now() - this.#start - (this.#tick + 1) * this.#pause;
    if (behind > this.#options.interval / 2) this.#start += behind;
  }

  #advance() {
    const slot = this.#slots[this.#tick % ticksPerInterval] ?? [];
    const going = slot.splice(0).filter((reading) => reading.due > this.#tick || this.#moveOn(reading));
    slot.push(...going);
  }

  /** False when it has ended: an interval after the end mark, or after a stanza without viewers. Until then one may come back. */
  #moveOn(reading) {
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

module.exports = { Readings };
