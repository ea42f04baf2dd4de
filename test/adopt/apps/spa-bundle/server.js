import express from 'express';
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const app = express();
const server = createServer(app);
const io = new Server(server);

app.use('/dist', express.static('dist'));
app.get('/api/items', (req, res) => res.json(['one', 'two']));
app.get('/{*route}', (req, res) => res.sendFile('index.html', { root: import.meta.dirname }));

io.on('connection', (socket) => socket.emit('count', 2));

server.listen(process.env.PORT || 3000, () => console.log('spa'));
