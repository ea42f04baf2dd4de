// The namespace /news: anyone can post a headline, everyone gets it. It needs no rooms: all its clients are one audience.

import type { DefaultEventsMap, Namespace, Server } from 'socket.io';
import { answering, textOf } from './lib/answering.js';
import { Once } from './lib/once.js';
import { Recent } from './lib/recent.js';

export interface Headline {
  /** The page makes it, and keeps it when it sends the headline again. */
  readonly id: string;
  readonly text: string;
  readonly by: string;
  /** ms since 1970 by the server's clock. */
  readonly at: number;
}

interface FromClient {
  /** { id, text, by }; acknowledged: { ok, headline?, error? }. */
  post(fields: unknown, acknowledge: unknown): void;
}

interface FromServer {
  headline(headline: Headline): void;
}

/** Opens the namespace /news. Clients wait until `caughtUp`: until this process knows the latest headlines. */
export function news(io: Server, caughtUp: Promise<void>): void {
  const nsp: Namespace<FromClient, FromServer, DefaultEventsMap, object> = io.of('/news');
  const headlines = new Once<Headline>();
  const recent = new Recent<Headline>();

  const published = (headline: Headline, tell: () => void): Headline =>
    headlines.do([headline.by, headline.id], () => {
      recent.add('', headline);
      tell();
      return headline;
    });

  // Headlines of the other processes come through the adapter.
  nsp.adapter.on('broadcast', (_rooms: readonly string[], [event, headline]: readonly [string, Headline]) => {
    if (event === 'headline') published(headline, () => {});
  });

  nsp.use((_socket, proceed) => caughtUp.then(() => proceed()));

  nsp.on('connection', (socket) => {
    // socket.recovered: socket.io sends what it missed. Pages skip headlines whose id they have seen.
    if (!socket.recovered) for (const each of recent.in('')) nsp.local.to(socket.id).emit('headline', each);

    socket.on(
      'post',
      answering((fields) => {
        const text = textOf(fields, 'text', 140);
        const by = textOf(fields, 'by', 30);
        const made = { id: textOf(fields, 'id', 60), text, by, at: Date.now() };
        return { headline: published(made, () => nsp.emit('headline', made)) };
      }),
    );
  });
}
