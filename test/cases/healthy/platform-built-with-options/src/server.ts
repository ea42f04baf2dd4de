import http from 'node:http';
import express from 'express';
import { Server } from 'socket.io';
import { config } from './config';

class Application {
  private readonly app = express();
  private readonly server = http.createServer(this.app);
  private readonly io = new Server(this.server);

  constructor(private readonly port: number) {}

  start(): void {
    this.app.use(express.static('public'));
    this.io.on('connection', (s) => s.emit('news', 'ts'));
    this.server.listen(this.port, () => console.log(`on ${this.port}`));
  }
}
new Application(config.port).start();
