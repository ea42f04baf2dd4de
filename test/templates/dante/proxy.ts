import { once } from 'node:events';
import net from 'node:net';
import { onTestFinished } from 'vitest';

/** One viewer's connection to a server. */
export interface Link {
  /** Nothing passes any more, and neither side is informed: like a lost network, or an iisnode between them. */
  freeze(): void;
  /** Delays what the server sends until `release`, like for a machine that is asleep. */
  hold(): void;
  release(): void;
  /** How many bytes `hold` has delayed so far. */
  heldBack(): number;
  /** Closes it for both sides. */
  cut(): void;
  /** Closes it for the server. */
  hangUp(): void;
  /** Freezes before the server's bytes with this text, once they come. */
  freezeBefore(text: string): void;
  /** Closes it for both sides before the server's bytes with this text, once they come. */
  cutBefore(text: string): void;
}

export interface Way {
  readonly url: string;
  /** One for each connection, in order. */
  readonly links: readonly Link[];
}

/**
 * A proxy for viewers to a server on this machine, which can disturb connections; closed when the test ends.
 *
 * @param target The port of a new connection; if no server listens there, it is refused.
 * @param opened Called with each new connection, before any data has passed.
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
  const cut = (): void => {
    for (const socket of [viewer, server]) socket.destroy();
  };
  let frozen = false;
  let last: string | undefined;
  let end: string | undefined;
  let held: Buffer[] | undefined;
  for (const [from, to] of [
    [viewer, server],
    [server, viewer],
  ] as const) {
    from.on('error', () => undefined); // 'close' follows.
    from.on('data', (chunk) => {
      if (from === server && last !== undefined && chunk.includes(last)) frozen = true;
      if (from === server && end !== undefined && chunk.includes(end)) cut();
      else if (from === server && held) held.push(chunk);
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
    cut,
    cutBefore: (text) => {
      end = text;
    },
    hangUp: () => void server.destroy(),
    freezeBefore: (text) => {
      last = text;
    },
  };
}
