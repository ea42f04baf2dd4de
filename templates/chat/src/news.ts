// The namespace /news: anybody posts a headline, everybody gets it. It needs no rooms: a namespace is one of its own.

import type { DefaultEventsMap, Namespace, Server } from 'socket.io';
import { answering, textOf } from './answering.js';
import { Once } from './once.js';
import { Recent } from './recent.js';

export interface Headline {
  /** Given by the page: the same when it sends the headline again. */
  readonly id: string;
  readonly text: string;
  readonly by: string;
  /** ms since 1970 by the server's clock. */
  readonly at: number;
}

interface FromClient {
  /** { id, text, by }, answered by an acknowledgement: { ok, headline? error? }. */
  post(fields: unknown, acknowledge: unknown): void;
}

interface FromServer {
  headline(headline: Headline): void;
}

/** Opens the namespace /news; who connects has to wait until `caughtUp`: until this process knows the latest headlines. */
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

  // Those of the other processes, by way of the adapter.
  nsp.adapter.on('broadcast', (_rooms: readonly string[], [event, headline]: readonly [string, Headline]) => {
    if (event === 'headline') published(headline, () => {});
  });

  nsp.use((_socket, proceed) => caughtUp.then(() => proceed()));

  nsp.on('connection', (socket) => {
    // socket.recovered: what it missed is on its way. Else pages know what they have seen by its id.
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
