// All viewers of a run in one process beside the servers. Spoken to by viewers.mjs over IPC.
import { Histogram } from './statistics.mjs';
import { Viewer } from './viewer.mjs';

const lateness = new Histogram();
const gaps = new Histogram();
const viewers = [];
let waiting = 0;

const tally = {
  interval: 0,
  stanzas: 0,
  again: false,
  pingInterval: 25_000,
  deliveries: 0,
  bytes: 0,
  lost: 0,
  repeated: 0,
  gone: 0,
  readings: 0,
  stanza(step, bytes) {
    tally.deliveries += 1;
    tally.bytes += bytes;
    if (step > 0) tally.lost += step;
    else if (step < 0) tally.repeated += 1;
  },
  late: (ms) => lateness.add(ms),
  gap: (ms) => gaps.add(ms),
  hasJoined() {
    waiting -= 1;
    if (waiting === 0) process.send({ arrived: { pingInterval: tally.pingInterval } });
  },
  hasEnded(viewer) {
    tally.readings += 1;
    if (tally.again) setImmediate(() => viewer.connect());
  },
  failed(why) {
    process.send({ failed: why });
    throw new Error(why);
  },
};

/** Numbers from 0 to 1, the same ones in each run (mulberry32). */
function randomOf(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const commands = {
  /** `count` viewers arrive at random times within `over` ms, at the targets in turn; says { arrived } at the end. */
  arrive({ targets, count, over, ...poem }) {
    Object.assign(tally, poem);
    const random = randomOf(1300);
    const times = Array.from({ length: count }, () => random() * over).sort((a, b) => a - b);
    const started = performance.now();
    waiting = count;
    const clock = setInterval(() => {
      while (viewers.length < count && times[viewers.length] <= performance.now() - started) {
        const viewer = new Viewer(targets[viewers.length % targets.length], tally);
        viewers.push(viewer);
        viewer.connect();
      }
      if (viewers.length === count) clearInterval(clock);
    }, 5);
  },
  /** From here on it counts anew. */
  begin() {
    Object.assign(tally, { deliveries: 0, bytes: 0, lost: 0, repeated: 0, readings: 0 });
    lateness.clear();
    gaps.clear();
    process.send({ began: true });
  },
  tell() {
    const { deliveries, bytes, lost, repeated, gone, readings } = tally;
    const stalled = viewers.filter((viewer) => viewer.hasStalled).length;
    process.send({ told: { deliveries, bytes, lost, repeated, gone, readings, stalled, lateness, gaps } });
  },
  leave() {
    for (const viewer of viewers) viewer.close();
    process.exit(0);
  },
};

process.on('message', (message) => commands[message.do](message));
process.on('disconnect', () => process.exit(0));
process.send({ ready: true });
