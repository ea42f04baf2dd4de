// What no streamer can go below: a bare `ws` server that sends all of its clients the same bytes at the same time.
const app = require('node:http').createServer();
const { WebSocket, WebSocketServer } = require('ws');
const inferno = require(process.env.INFERNO);

const server = new WebSocketServer({ server: app });
const messages = inferno.map((lines, index) => `42${JSON.stringify(['stanza', { index, lines }])}`);

let count = 0;
setInterval(() => {
  const message = messages[count++ % messages.length];
  for (const client of server.clients) if (client.readyState === WebSocket.OPEN) client.send(message);
}, Number(process.env.STANZA_INTERVAL));

app.listen(0, () => console.log('port', app.address().port));
