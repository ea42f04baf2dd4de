// Serves the page and streams Canto I to each viewer. Runs by itself (`node server-socketio.js`) and under iisnode,
// in any virtual directory or at a site's root.

import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { attachAdapter, service } from './adapter.js';
import { listen, vdirPath } from './iisnode.js';
import { htmlPage, pages, scriptFile } from './pages.js';
import { onRecycle } from './recycle.js';
import { stream } from './stream.js';
import { transportsIn } from './transports.js';

// Each key of web.config's appSettings is an environment variable.
const transports = transportsIn(process.env.transports || 'websocket');
const interval = Number(process.env.STANZA_INTERVAL || 2000);

const page = htmlPage('index-socketio.html', {
  transports: transports.join(','),
  interval: `${interval}`,
  endpoint: service?.endpoint ?? '',
  path: service?.path ?? '',
});
const server = createServer(
  pages({
    '/': page,
    '/index-socketio.html': page,
    '/server-socketio.js': page, // What the entry point's own URL shows.
    '/page.js': scriptFile('page.js'),
    '/connection.js': scriptFile('connection.js'),
  }),
);

const io = new Server(server, {
  path: `${vdirPath}/socket.io`,
  transports,
  pingInterval: 120_000, // A stanza every two seconds tells the same; pings would be a quarter of the work for thousands.
  maxHttpBufferSize: 10_000, // Viewers say where they are and nothing else.
  allowEIO3: process.env.allowEIO3 === 'true', // Lets clients of socket.io 1 and 2 in.
  // A connection lost for less than an interval is restored with what was missed. After a longer one, or with another
  // process, the viewer says where it was.
  connectionStateRecovery: { maxDisconnectionDuration: interval, skipMiddlewares: false },
});

attachAdapter(io);
stream(io, { interval, joinTime: service?.joinTime ?? 0 });

// Viewers go on with another process, where they were.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, stop);
onRecycle(__dirname, () => {
  io.local.emit('recycle'); // They come back, a few at a time: iisnode then starts the new process.
  setTimeout(stop, 3000); // Within gracefulShutdownTimeout, after which iisnode ends this process in the middle of things.
});

listen(server, 'The Inferno');

function stop(): void {
  io.close();
  setTimeout(() => process.exit(0), 1000).unref();
}
