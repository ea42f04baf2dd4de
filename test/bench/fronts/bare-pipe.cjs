// The floor of sockets: for each connection one to BENCH_APP's port, and `pipe` both ways; nothing is read of the bytes.
const net = require('node:net');

const port = Number(new URL(process.env.BENCH_APP).port);
const server = net.createServer({ noDelay: true }, (client) => {
  const app = net.connect({ port, host: '127.0.0.1', noDelay: true });
  client.pipe(app).pipe(client);
  for (const socket of [client, app]) socket.on('error', () => socket.destroy());
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
