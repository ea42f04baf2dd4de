import type { ApplicationConfig } from '@angular/core';
import { provideSocketIo, type SocketIoConfig } from 'ngx-socket-io';

const live: SocketIoConfig = {
  url: 'http://localhost:3000',
  options: { transports: ['websocket', 'polling'] },
};

export const appConfig: ApplicationConfig = {
  providers: [provideSocketIo(live)],
};
