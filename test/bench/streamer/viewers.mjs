// Starts the process with all viewers in it, and speaks to it.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { cpuOf } from './process-figures.mjs';
import { Histogram } from './statistics.mjs';

export const stanzas = 46;

export async function startViewers() {
  const child = fork(path.join(import.meta.dirname, 'viewers-process.mjs'));
  const waiting = new Map();
  let failure;
  const fail = (error) => {
    failure ??= error;
    for (const { reject } of waiting.values()) reject(failure);
  };
  child.on('message', (message) => {
    const [key] = Object.keys(message);
    if (key === 'failed') fail(new Error(`a viewer: ${message.failed}`));
    waiting.get(key)?.resolve(message[key]);
    waiting.delete(key);
  });
  child.on('exit', () => fail(new Error('the viewers ended')));
  const answer = (key) =>
    new Promise((resolve, reject) => {
      if (failure) reject(failure);
      else waiting.set(key, { resolve, reject });
    });
  const ask = (message, key) => {
    child.send(message);
    return answer(key);
  };
  await answer('ready');
  return {
    /** Resolves when all have arrived, with { pingInterval } (ms) as the server told it. `targets`: [{ port, protocol, path }], `over`: ms, `interval`: ms a stanza. */
    arrive: (how) => ask({ do: 'arrive', stanzas, ...how }, 'arrived'),
    /** Counts anew from here on. */
    begin: () => ask({ do: 'begin' }, 'began'),
    /** What came since: { deliveries, bytes, lost, repeated, gone, readings, stalled, lateness, gaps }. */
    async tell() {
      const told = await ask({ do: 'tell' }, 'told');
      return { ...told, lateness: new Histogram(told.lateness), gaps: new Histogram(told.gaps) };
    },
    cpu: () => cpuOf(child.pid),
    async leave() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.send({ do: 'leave' });
      await gone;
    },
  };
}

/** Nothing may be lost, twice, or late beyond reason while something is measured. */
export function mustBeWhole(told, who) {
  const { lost, repeated, gone, stalled } = told;
  if (lost + repeated + gone + stalled > 0) {
    throw new Error(
      `${who}: ${lost} stanzas lost, ${repeated} twice, ${gone} viewers cut off, ${stalled} wait in vain`,
    );
  }
}
