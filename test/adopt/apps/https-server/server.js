const fs = require('fs');
const http = require('http');
const https = require('https');
const express = require('express');
const { Server } = require('socket.io');

const app = express();
app.get('/', (req, res) => res.send(`<h1>Safe</h1><p>You came by ${req.protocol}</p>`));

const server = https.createServer(
  { key: fs.readFileSync(`${__dirname}/key.pem`), cert: fs.readFileSync(`${__dirname}/cert.pem`) },
  app,
);
const io = new Server(server);
io.on('connection', (socket) => socket.on('secret', (text) => socket.emit('kept', text)));

server.listen(3443, () => console.log('https on port 3443'));

// Whoever comes by http is sent on.
http
  .createServer((req, res) => {
    res.writeHead(301, { Location: `https://${req.headers.host.replace(/:.*/, '')}:3443${req.url}` });
    res.end();
  })
  .listen(3080);
