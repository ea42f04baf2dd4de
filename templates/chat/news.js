// The namespace /news: anybody posts a headline, everybody gets it. It needs no rooms: a namespace is one of its own.

const { answering, textOf } = require('./answering.js');
const { Once } = require('./once.js');

/** Opens the namespace /news. */
function news(io) {
  const nsp = io.of('/news');
  const headlines = new Once();

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

module.exports = { news };
