const app = require('express')();
const server = require('http').createServer(app);
const { WebSocketServer } = require('ws');
app.get('/', (req, res) => res.send('<script>new WebSocket(location.href.replace(/^http/, "ws") + "live")</script>'));
new WebSocketServer({ server, path: '/live' }).on('connection', (ws) => ws.send('42'));
server.listen(process.env.PORT || 3000);
