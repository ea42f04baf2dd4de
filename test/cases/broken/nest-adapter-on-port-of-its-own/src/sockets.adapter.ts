import { IoAdapter } from '@nestjs/platform-socket.io';
import type { Server, ServerOptions } from 'socket.io';

export class SocketsAdapter extends IoAdapter {
  createIOServer(_port: number, options?: ServerOptions): Server {
    return super.createIOServer(43125, { ...options, transports: ['websocket', 'polling'] });
  }
}
