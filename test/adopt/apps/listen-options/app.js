const { createServer } = require('node:http');
const { Server } = require('socket.io');

const votes = { tea: 0, coffee: 0 };

const httpServer = createServer((req, res) => {
  const url = new URL(req.url, `http://${req.headers.host}`);
  if (req.method === 'POST' && url.pathname === '/vote') {
    votes[url.searchParams.get('for')] += 1;
    io.emit('votes', votes);
    res.writeHead(303, { Location: '/' }).end();
  } else if (url.pathname === '/') {
    res.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
    res.end(`<!doctype html><title>Votes</title>
      <p>Tea ${votes.tea}, coffee ${votes.coffee}</p>
      <form method="post" action="/vote?for=tea"><button>Tea</button></form>
      <form method="post" action="/vote?for=coffee"><button>Coffee</button></form>`);
  } else {
    res.writeHead(404).end();
  }
});

const io = new Server(httpServer);
io.on('connection', (socket) => socket.emit('votes', votes));

httpServer.listen({ port: 3000, host: '0.0.0.0', exclusive: false }, () => {
  const { address, port } = httpServer.address();
  console.log(`votes are counted at http://${address}:${port}/`);
});
