const express = require('express');
const { createServer } = require('http');
const { Server } = require('socket.io');
const database = require('./database');

const app = express();
const server = createServer(app);
const io = new Server(server);

app.get('/', async (req, res) => {
  const names = await database.names();
  res.send(`<title>Guests</title><ul>${names.map((name) => `<li>${name}</li>`).join('')}</ul>`);
});

io.on('connection', async (socket) => {
  socket.emit('guests', await database.names());
});

async function main() {
  await database.connect('postgres://localhost/guests');
  console.log('connected to the database');
  await new Promise((resolve) => server.listen(process.env.PORT || 5000, resolve));
  console.log(`ready: http://localhost:${server.address().port}`);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
