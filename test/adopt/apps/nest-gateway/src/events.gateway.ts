import { MessageBody, SubscribeMessage, WebSocketGateway, WebSocketServer } from '@nestjs/websockets';
import { Server } from 'socket.io';

@WebSocketGateway({ cors: { origin: '*' }, namespace: 'events' })
export class EventsGateway {
  @WebSocketServer()
  server!: Server;

  @SubscribeMessage('identity')
  identity(@MessageBody() data: number): number {
    return data;
  }

  @SubscribeMessage('shout')
  shout(@MessageBody() text: string) {
    this.server.emit('shouted', text.toUpperCase());
  }
}
