import { once } from 'node:events';
import net from 'node:net';
import { onTestFinished } from 'vitest';

/** One viewer's way to a server. */
export interface Link {
  /** Nothing goes through any more, and neither side is told: a network that is away, or an iisnode between them. */
  freeze(): void;
  /** What the server sends waits until `release`, as on the way to a machine that is asleep. */
  hold(): void;
  release(): void;
  /** How many bytes `hold` has kept back so far. */
  heldBack(): number;
  /** Both sides learn that it is over. */
  cut(): void;
  /** The server learns that it is over. */
  hangUp(): void;
  /** Freezes before the server's bytes that have this text, once they come. */
  freezeBefore(text: string): void;
}

export interface Way {
  readonly url: string;
  /** One for each connection, in the order in which they came. */
  readonly links: readonly Link[];
}

/**
 * A way for viewers to a server on this machine, on which things go wrong; closed when the test ends.
 *
 * @param target The port where a new connection goes; where nobody listens, it is refused.
 * @param opened Called with each new connection, before anything has gone through.
 */
export async function proxyTo(target: () => number, opened: (link: Link) => void = () => {}): Promise<Way> {
  const links: Link[] = [];
  const sockets = new Set<net.Socket>();
  const listener = net.createServer((viewer) => {
    const server = net.connect(target(), '127.0.0.1');
    const link = linkOf(viewer, server);
    links.push(link);
    opened(link);
    for (const socket of [viewer, server]) sockets.add(socket);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  onTestFinished(() => {
    listener.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = listener.address() as net.AddressInfo;
  return { url: `http://127.0.0.1:${port}`, links };
}

function linkOf(viewer: net.Socket, server: net.Socket): Link {
  let frozen = false;
  let last: string | undefined;
  let held: Buffer[] | undefined;
  for (const [from, to] of [
    [viewer, server],
    [server, viewer],
  ] as const) {
    from.on('error', () => undefined); // 'close' comes as well.
    from.on('data', (chunk) => {
      if (from === server && last !== undefined && chunk.includes(last)) frozen = true;
      if (from === server && held) held.push(chunk);
      else if (!frozen) to.write(chunk);
    });
    from.on('close', () => {
      if (!frozen) to.destroy();
    });
  }
  return {
    freeze: () => {
      frozen = true;
    },
    hold: () => {
      held = [];
    },
    release: () => {
      for (const chunk of held ?? []) viewer.write(chunk);
      held = undefined;
    },
    heldBack: () => (held ?? []).reduce((sum, { length }) => sum + length, 0),
    cut: () => {
      for (const socket of [viewer, server]) socket.destroy();
    },
    hangUp: () => void server.destroy(),
    freezeBefore: (text) => {
      last = text;
    },
  };
}
