// The namespace /news: anybody posts a headline, everybody gets it. It needs no rooms: a namespace is one of its own.

const { answering, textOf } = require('./answering.js');
const { Once } = require('./once.js');
const { Recent } = require('./recent.js');

/** Opens the namespace /news; who connects has to wait until `caughtUp`: until this process knows the latest headlines. */
function news(io, caughtUp) {
  const nsp = io.of('/news');
  const headlines = new Once();
  const recent = new Recent();

  const published = (headline, tell) =>
    headlines.do([headline.by, headline.id], () => {
      recent.add('', headline);
      tell();
      return headline;
    });

  // Those of the other processes, by way of the adapter.
  nsp.adapter.on('broadcast', (_rooms, [event, headline]) => {
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

module.exports = { news };
