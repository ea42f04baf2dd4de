import { io, type Socket } from 'socket.io-client';
import { onTestFinished } from 'vitest';
import type { App } from './app.js';

/** What a socket.io app that emits `hello` to each new socket sends with it. Rejects when the client cannot connect. */
export async function hello(app: App, url = '', options: Parameters<typeof io>[1] = {}): Promise<unknown> {
  const socket: Socket = io(app.origin + url, { transports: ['websocket'], reconnection: false, ...options });
  onTestFinished(() => void socket.close());
  return new Promise((resolve, reject) => {
    socket.on('hello', resolve);
    socket.on('connect_error', reject);
  });
}
