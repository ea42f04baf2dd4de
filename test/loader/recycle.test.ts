import { chmodSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { io } from 'socket.io-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { type App, type AppOptions, runApp } from './app.js';

const sockets = `const server = require('http').createServer((q, s) => s.end('page'));
  new (require('socket.io').Server)(server); server.listen(3000);`;

/** A ws client's close code and reason. */
function closed(app: App): Promise<number> {
  const socket = new WebSocket(app.origin.replace('http', 'ws'));
  onTestFinished(() => socket.terminate());
  return new Promise((resolve, reject) => {
    socket.on('open', () => socket.send('open'));
    socket.on('close', resolve);
    socket.on('error', reject);
  });
}

/** Another time of change, as a copied file has one. */
function touch(app: App, name: string): void {
  const time = new Date(2020, 1, 1);
  utimesSync(path.join(app.folder, name), time, time);
}

describe('when a watched file changes', () => {
  it('clients of socket.io lose the connection for a reason that makes them connect again, and the process goes on', async () => {
    const app = await runApp({ files: { 'server.js': sockets } });
    const client = io(app.origin, { transports: ['websocket'], reconnectionDelay: 10 });
    onTestFinished(() => void client.close());
    const reasons: string[] = [];
    let connections = 0;
    client.on('connect', () => {
      connections += 1;
    });
    client.on('disconnect', (reason) => reasons.push(reason));
    await expect.poll(() => connections).toBe(1);
    touch(app, 'server.js');
    await expect.poll(() => connections).toBe(2);
    expect(reasons).toEqual(['transport close']);
    expect((await app.get('/')).body).toBe('page');
    expect(app.child.exitCode).toBe(null);
  });

  it.each([
    ['web.config', {}],
    ['lib/deep.js', { watchedFiles: '*.js;lib\\*.js' }],
    ['a.b.txt', { watchedFiles: 'a.?.txt' }],
  ])('WebSockets are closed with 1012, "service restart": %s', async (file, settings: AppOptions['settings']) => {
    const app = await runApp({
      files: {
        'server.js': `new (require('ws').WebSocketServer)({ port: 3000 }).on('connection', (s) => s.on('message', () => console.log('open')))`,
        [file]: 'x',
      },
      ...(settings && { settings }),
    });
    const code = closed(app);
    await expect.poll(() => app.stdout()).toBe('open\n');
    touch(app, file);
    expect(await code).toBe(1012);
  });

  it('not when another file does, nor when a watched one only gets other rights', async () => {
    // The app sees the other file's change as late as the loader would, and the loader acts a second later.
    const app = await runApp({
      files: {
        'server.js': `const { WebSocketServer } = require('ws');
          new WebSocketServer({ port: 3000 }).on('connection', (s) => {
            s.on('message', () => console.log('open')).on('close', () => console.log('closed'));
          });
          require('fs').watchFile(__dirname + '/data.json', { interval: 2000 }, () => setTimeout(() => console.log('seen'), 1500));`,
        'data.json': '{}',
        'lib/deep.js': '',
      },
    });
    void closed(app);
    await expect.poll(() => app.stdout()).toBe('open\n');
    mkdirSync(path.join(app.folder, 'uploads'));
    writeFileSync(path.join(app.folder, 'uploads', 'a.js'), '');
    touch(app, 'lib/deep.js');
    chmodSync(path.join(app.folder, 'server.js'), 0o600);
    touch(app, 'data.json');
    await expect.poll(() => app.stdout()).toContain('seen');
    expect(app.stdout()).toBe('open\nseen\n');
  });
});
