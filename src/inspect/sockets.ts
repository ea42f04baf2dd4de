import type { RequestSeen, SocketNow } from '../host/index.js';

/** A WebSocket that is open, or a client of engine.io that polls. */
export interface SocketRow {
  readonly id: number;
  readonly url: string;
  readonly transport: 'websocket' | 'polling';
  /** Of socket.io; none where they are not seen: in polls, and in compressed texts. */
  readonly namespaces: readonly string[];
  readonly process: number | undefined;
  /** When it was opened, in ms since 1970. */
  readonly at: number;
  /** Frames of a WebSocket so far, requests of a client that polls. */
  readonly messages: number;
}

/** How many sockets have the same namespace, transport and process. */
export interface SocketGroup {
  /** '' where none is seen. */
  readonly namespace: string;
  readonly transport: SocketRow['transport'];
  readonly process: number | undefined;
  readonly count: number;
}

/** A client that has not polled for so long is gone, in ms: pingInterval and pingTimeout of engine.io (25 s and 20 s). */
const silentFor = 45_000;
/** More clients that poll are not kept. */
const mostPolling = 10_000;

interface Open {
  readonly id: number;
  readonly seen: RequestSeen;
  readonly at: number;
}

interface Polling extends Open {
  last: number;
  count: number;
}

/** The sockets that are open: WebSockets, and clients that poll. */
export class OpenSockets {
  readonly #sockets = new Map<readonly string[], Open>();
  readonly #polling = new Map<string, Polling>();

  request(id: number, seen: RequestSeen, now: number): void {
    // The headers of one request are one list, from its opening to its end.
    if (seen.kind === 'opened') this.#sockets.set(seen.headers, { id, seen, at: now });
    if (seen.kind === 'closed') this.#sockets.delete(seen.headers);
    const [, sid] = /[?&]sid=([^&]+)/.exec(seen.url) ?? [];
    if (sid === undefined) return;
    if (seen.kind === 'opened' || seen.status >= 400)
      this.#polling.delete(sid); // it has changed to a WebSocket, or ended
    else if (seen.kind === 'answered' && /[?&]transport=polling/.test(seen.url)) this.#poll(sid, id, seen, now);
  }

  #poll(sid: string, id: number, seen: RequestSeen, now: number): void {
    const known = this.#polling.get(sid);
    if (known !== undefined) {
      known.last = now;
      known.count += 1;
    } else if (this.#polling.size < mostPolling) {
      this.#polling.set(sid, { id, seen, at: now, last: now, count: 1 });
    }
  }

  /** All of them, those that poll last. */
  rows(now: number): readonly SocketRow[] {
    for (const [sid, { last }] of this.#polling) if (now - last > silentFor) this.#polling.delete(sid);
    const sockets = [...this.#sockets.values()].map(({ id, seen, at }): SocketRow => {
      const { namespaces, received, sent }: SocketNow = seen.socket?.() ?? nothing;
      const { url, process } = seen;
      return { id, url, transport: 'websocket', namespaces, process, at, messages: received.frames + sent.frames };
    });
    const polling = [...this.#polling.values()].map(
      ({ id, seen: { url, process }, at, count }): SocketRow => ({
        id,
        url,
        transport: 'polling',
        namespaces: [],
        process,
        at,
        messages: count,
      }),
    );
    return [...sockets, ...polling];
  }
}

const nothing: SocketNow = { namespaces: [], received: { bytes: 0, frames: 0 }, sent: { bytes: 0, frames: 0 } };

/** The rows counted by namespace, transport and process; a socket in two namespaces counts in both. */
export function groupsOf(rows: readonly SocketRow[]): readonly SocketGroup[] {
  const groups = new Map<string, SocketGroup>();
  for (const { namespaces, transport, process } of rows) {
    for (const namespace of namespaces.length === 0 ? [''] : namespaces) {
      const key = JSON.stringify([namespace, transport, process]);
      const count = (groups.get(key)?.count ?? 0) + 1;
      groups.set(key, { namespace, transport, process, count });
    }
  }
  return [...groups.values()].sort(
    (one, other) => other.count - one.count || (one.namespace < other.namespace ? -1 : 1),
  );
}
