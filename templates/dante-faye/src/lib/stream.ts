// Sends each viewer its stanzas. The server keeps nothing about a viewer after its connection has ended: the viewer says which
// stanza it wants next and how long ago it got the last one, so any process can go on where another stopped.

import { inferno } from '../inferno.js';
import { Readings } from './readings.js';
import { messageOf, type Viewer } from './viewers.js';

/** The close code for a viewer whose query is wrong: it does not reconnect. */
const refused = 4400;
const done = 1000;

/**
 * Streams Canto I: `stanza` events of { index, lines }, one every interval, then `end` with { stanzas: 46 }. An interval later
 * the server closes the connections that are still open.
 */
export class Stream {
  readonly #interval: number;
  readonly #readings: Readings;
  /** The viewers of each reading, by its name. */
  readonly #audiences = new Map<string, Set<Viewer>>();

  /** @param interval From one stanza to the next, in ms. */
  constructor(interval: number) {
    if (!Number.isFinite(interval) || interval <= 0) throw new RangeError('STANZA_INTERVAL is a number of ms above 0');
    this.#interval = interval;
    this.#readings = new Readings({
      stanzas: inferno.length,
      interval,
      deliver: ({ name }, index) => this.#deliver(name, index),
      // Viewers that got `end` have disconnected by now.
      close: ({ name }) => {
        for (const viewer of this.#audiences.get(name) ?? []) viewer.close(done, 'The canto is over');
      },
    });
  }

  /**
   * Adds a viewer. Its query may contain `next`, the index (0..46) of the stanza it wants next (46: it has them all and waits
   * for `end`), and `waited`, the ms since it got the one before.
   */
  open(viewer: Viewer, query: URLSearchParams): void {
    const next = Number(query.get('next') ?? 0);
    const waited = Number(query.get('waited') ?? 0);
    const fault = faultOf(next, waited);
    if (fault === undefined) this.#add(viewer, next, waited);
    else viewer.close(refused, fault);
  }

  #add(viewer: Viewer, next: number, waited: number): void {
    // The first stanza comes at once. After a break the next one comes when it would have come without the break.
    const wait = next === 0 ? 0 : Math.max(0, this.#interval - waited);
    const { name } = this.#readings.place(next, wait);
    const audience = this.#audiences.get(name) ?? new Set();
    this.#audiences.set(name, audience.add(viewer));
    viewer.onceClosed(() => {
      audience.delete(viewer);
      if (audience.size === 0) this.#audiences.delete(name);
    });
  }

  #deliver(name: string, index: number): boolean {
    const audience = this.#audiences.get(name);
    if (audience === undefined) return false;
    const isEnd = index === inferno.length;
    const text = isEnd
      ? messageOf('end', { stanzas: inferno.length })
      : messageOf('stanza', { index, lines: inferno[index] });
    for (const viewer of audience) viewer.sendText(text); // The text is made once for all of them.
    return true;
  }
}

function faultOf(next: number, waited: number): string | undefined {
  if (!Number.isInteger(next) || next < 0 || next > inferno.length) {
    return `next is a whole number from 0 to ${inferno.length}`;
  }
  return Number.isFinite(waited) && waited >= 0 ? undefined : 'waited is a number of ms, 0 or more';
}
