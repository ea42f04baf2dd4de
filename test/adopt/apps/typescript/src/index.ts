import { createServer } from 'node:http';
import express from 'express';
import { Server } from 'socket.io';
import { Board, type Mark } from './board.js';

interface ServerToClient {
  board: (cells: readonly (Mark | null)[]) => void;
}
interface ClientToServer {
  play: (cell: number, mark: Mark) => void;
  reset: () => void;
}

const app = express();
const server = createServer(app);
const io = new Server<ClientToServer, ServerToClient>(server);
const board = new Board();

app.get('/', (_request, response) => {
  response.type('html').send(`<!doctype html><title>Board</title><pre>${board}</pre>`);
});

io.on('connection', (socket) => {
  socket.on('reset', () => board.reset());
  socket.on('play', (cell, mark) => {
    board.play(cell, mark);
    io.emit('board', board.cells);
  });
});

const port: number = parseInt(process.env.PORT ?? '3000', 10);
server.listen(port, () => console.log(`Server is listening on ${port}`));
