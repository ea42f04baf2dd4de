// Serves the page and gives socket.io two namespaces: /chat with its rooms, and /news. Runs by itself (`npm start`) and
// under iisnode, in any virtual directory or at a site's root.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { Server } from 'socket.io';
import { attachAdapter } from './adapter.js';
import { chat } from './chat.js';
import { listen, vdirPath } from './iisnode.js';
import { news } from './news.js';
import { htmlPage, pages, scriptFile } from './pages.js';
import { onRecycle } from './recycle.js';
import { transportsIn } from './transports.js';

// Each key of web.config's appSettings is an environment variable.
const transports = transportsIn(process.env.transports || 'websocket');

const page = htmlPage('index.html', { transports: transports.join(',') });
const server = createServer(
  pages({
    '/': page,
    '/index.html': page,
    '/server.js': page, // What the entry point's own URL shows.
    '/page.js': scriptFile('page.js'),
    '/client.js': scriptFile('client.js'),
    '/style.css': { type: 'text/css; charset=utf-8', content: readFileSync(path.join(__dirname, 'style.css')) },
  }),
);

const io = new Server(server, {
  // One path for all namespaces: /chat and /news are names within a connection, not URLs.
  path: `${vdirPath}/socket.io`,
  transports,
  maxHttpBufferSize: 20_000, // Above the longest message; who sends more is cut off.
  allowEIO3: process.env.allowEIO3 === 'true', // Lets clients of socket.io 1 and 2 in.
  // iisnode does not tell a client that its process has ended: the ping that stays away does, after 15 s at most.
  pingInterval: 10_000,
  pingTimeout: 5_000,
  // Who is back at the same process within two minutes gets what was said meanwhile. A process that has ended remembers
  // nothing, and of several only the one that was left does; unless the adapter keeps it for all, as Redis Streams does.
  connectionStateRecovery: { maxDisconnectionDuration: 120_000 },
});

const caughtUp = attachAdapter(io);
chat(io, caughtUp);
news(io, caughtUp);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, stop);
// Closed connections come back by themselves, a little later each than the other: iisnode then starts the new process.
onRecycle(__dirname, () => setTimeout(stop, 500));

listen(server, 'The chat');

function stop(): void {
  io.close();
  setTimeout(() => process.exit(0), 1000).unref();
}
