const express = require('express');
const { createServer } = require('http');
const { WebSocketServer } = require('ws');

const app = express();
app.get('/', (req, res) => res.send(`<h1>Prices</h1><script>
  const ws = new WebSocket(location.href.replace(/^http/, 'ws') + 'live');
  ws.onmessage = (e) => { document.title = e.data; };
</script>`));
const server = createServer(app);
const wss = new WebSocketServer({ server, path: '/live' });
wss.on('connection', (ws) => ws.send('42'));
server.listen(process.env.PORT || 3000);
