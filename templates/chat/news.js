// The namespace /news: anyone can post a headline, everyone gets it. It needs no rooms: all its clients are one audience.

const { answering, textOf } = require('./lib/answering.js');
const { Once } = require('./lib/once.js');
const { Recent } = require('./lib/recent.js');

/** Opens the namespace /news. Clients wait until `caughtUp`: until this process knows the latest headlines. */
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

  // Headlines of the other processes come through the adapter.
  nsp.adapter.on('broadcast', (_rooms, [event, headline]) => {
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

module.exports = { news };
