import { createServer } from 'node:http';
import { Server } from 'socket.io';

const server = createServer((request, response) => response.end('app'));
new Server(server, { path: (process.env.virtualDirPath || '/').replace(/\/$/, '') + '/socket.io' });
server.listen(process.env.PORT || 3000);
