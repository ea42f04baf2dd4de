const express = require('express');
const app = express();
app.set('trust proxy', 1);
app.use((req, res, next) => {
  if (req.headers['x-forwarded-proto'] !== 'https') return res.redirect('https://' + req.headers.host + req.url);
  next();
});
app.use(express.static('public'));
const server = require('http').createServer(app);
const io = require('socket.io')(server);
io.on('connection', (s) => s.emit('hi'));
server.listen(process.env.PORT);
