const express = require('express');
const app = express();
const server = require('http').createServer(app);
const io = require('socket.io')(server);
const layout = (title, body) => `<!doctype html><html><head><title>${title}</title></head><body>${body}
<script src="/socket.io/socket.io.js"></script><script>const socket = io();</script></body></html>`;
app.get('/', (req, res) => res.send(layout('Orders', '<h1>Orders</h1>')));
io.on('connection', (s) => s.emit('orders', []));
server.listen(process.env.PORT || 3000);
