import { WebSocketGateway, SubscribeMessage } from '@nestjs/websockets';

@WebSocketGateway({ cors: { origin: 'https://board.example.com' } })
export class BoardGateway {
  @SubscribeMessage('move')
  move(_client: unknown, card: string): string {
    return card;
  }
}
