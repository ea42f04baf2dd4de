const express = require('express');
const { Server } = require('socket.io');

const app = express();
app.set('json spaces', 0);
app.use(express.static('public'));
app.get('/state', (req, res) => {
  res.json({
    env: app.get('env'),
    greeting: process.env.GREETING,
    instrumented: globalThis.startedAt > 0,
    isMain: require.main === module,
    script: require('path').relative(process.cwd(), process.argv[1]),
  });
});

const server = app.listen(process.env.PORT || 3000, () => console.log('started'));
new Server(server).on('connection', (socket) => socket.emit('greeting', process.env.GREETING));
