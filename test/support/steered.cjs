// Loaded into a process before its own code (node --require), by startServer(..., { clock }): there, time stands still until
// the test moves it on. It is what the app reads and waits by; sockets, files and Node's own limits know nothing of it.
'use strict';

const { setImmediate: turn } = require('node:timers/promises');

const began = Date.now();
const timers = new Set();
let now = 0;
let made = 0;

class Timer {
  constructor(act, ms, isRepeated) {
    this.number = ++made;
    this.act = act;
    this.ms = Math.max(1, Number(ms) || 1);
    this.isRepeated = isRepeated;
    this.refresh();
  }
  refresh() {
    this.due = now + this.ms;
    timers.add(this);
    return this;
  }
  ref() {
    return this;
  }
  unref() {
    return this;
  }
  hasRef() {
    return true;
  }
  close() {
    timers.delete(this);
    return this;
  }
  [Symbol.toPrimitive]() {
    return this.number;
  }
}

const start =
  (isRepeated) =>
  (act, ms, ...given) =>
    new Timer(() => act(...given), ms, isRepeated);
const clear = (which) => {
  for (const timer of timers) if (timer === which || timer.number === which) timers.delete(timer);
};
Object.assign(globalThis, {
  setTimeout: start(false),
  setInterval: start(true),
  clearTimeout: clear,
  clearInterval: clear,
});
Object.defineProperty(globalThis.performance, 'now', { value: () => now });
Date.now = () => began + now;

/** Timers run one after the other, each at its time; what they promise goes on before the next one. */
async function advance(ms) {
  const end = now + ms;
  for (;;) {
    const [next] = [...timers].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due || a.number - b.number);
    if (next === undefined) break;
    now = Math.max(now, next.due);
    if (next.isRepeated) next.refresh();
    else timers.delete(next);
    next.act();
    await turn();
  }
  now = end;
  process.send({ now });
}

let last = Promise.resolve();
process.on('message', ({ advance: ms }) => {
  last = last.then(() => advance(ms));
});
process.channel.unref();
