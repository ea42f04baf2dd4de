import { io, Socket } from 'socket.io-client';
import { environment } from '../environments/environment';
export class ChatService {
  private socket: Socket;
  constructor() {
    this.socket = io(environment.socketUrl);
  }
}
