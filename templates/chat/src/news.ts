// The namespace /news: anybody posts a headline, everybody gets it. It needs no rooms: a namespace is one of its own.

import type { DefaultEventsMap, Namespace, Server } from 'socket.io';
import { answering, textOf } from './answering.js';
import { Once } from './once.js';

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

/** Opens the namespace /news. */
export function news(io: Server): void {
  const nsp: Namespace<FromClient, FromServer, DefaultEventsMap, object> = io.of('/news');
  const headlines = new Once<Headline>();

  nsp.on('connection', (socket) => {
    socket.on(
      'post',
      answering((fields) => {
        const text = textOf(fields, 'text', 140);
        const by = textOf(fields, 'by', 30);
        const id = textOf(fields, 'id', 60);
        const headline = headlines.do(`${by} ${id}`, () => {
          const made = { id, text, by, at: Date.now() };
          nsp.emit('headline', made);
          return made;
        });
        return { headline };
      }),
    );
  });
}
