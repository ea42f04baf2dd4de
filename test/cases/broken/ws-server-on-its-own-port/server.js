const express = require('express');
const { WebSocketServer } = require('ws');

const app = express();
app.get('/', (req, res) => res.send('<h1>Tickets</h1>'));
app.listen(process.env.PORT || 8080);

const wss = new WebSocketServer({ port: 43119 });
wss.on('connection', (ws) => ws.send('hello'));
