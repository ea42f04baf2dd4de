const { readFileSync } = require('node:fs');
const path = require('node:path');
const { App } = require('uWebSockets.js');
const { Server } = require('socket.io');

const page = readFileSync(path.join(__dirname, 'public', 'index.html'), 'utf8');
const app = App();
const io = new Server();

io.attachApp(app);
io.on('connection', (socket) => socket.emit('quote', 'Every line is a price.'));
app.get('/', (response) => {
  response.writeHeader('content-type', 'text/html').end(page);
});
app.listen(Number(process.env.PORT) || 3000, (token) => {
  if (!token) console.error('the port is in use');
});
