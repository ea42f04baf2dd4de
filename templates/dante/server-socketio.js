// Dante's Inferno, streamed to each viewer a stanza at a time. Runs by itself (`node server-socketio.js`) and under iisnode,
// in any virtual directory or at a site's root. The poem is in inferno.js, the page in index-socketio.html, the rest in lib/.

const { createServer } = require('node:http');
const { Server } = require('socket.io');
const { attachAdapter, service } = require('./lib/adapter.js');
const { listen, vdirPath } = require('./lib/iisnode.js');
const { htmlPage, pages, scriptFile } = require('./lib/pages.js');
const { onRecycle } = require('./lib/recycle.js');
const { stream } = require('./lib/stream.js');
const { transportsIn } = require('./lib/transports.js');

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
    '/server-socketio.js': page, // The entry point's own URL shows the page, too.
    '/lib/page.js': scriptFile('lib/page.js'),
    '/lib/connection.js': scriptFile('lib/connection.js'),
  }),
);

const io = new Server(server, {
  path: `${vdirPath}/socket.io`,
  transports,
  pingInterval: 90_000, // The stanzas show that the connection is alive; proxies wait 100 s and more for a quiet one.
  maxHttpBufferSize: 10_000, // Viewers send little more than their place in the poem.
  allowEIO3: process.env.allowEIO3 === 'true', // Lets clients of socket.io 1 and 2 connect.
  // socket.io restores a connection lost for less than an interval, with what was missed. After a longer break, or at
  // another process, the viewer says which stanza it wants next.
  connectionStateRecovery: { maxDisconnectionDuration: interval, skipMiddlewares: false },
});

attachAdapter(io);
stream(io, { interval, joinTime: service?.joinTime ?? 0 });

// Viewers reconnect to another process and go on where they were.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, stop);
onRecycle(__dirname, () => {
  io.local.emit('recycle'); // They reconnect within two seconds: iisnode starts the new process for the first of them.
  setTimeout(stop, 3000); // Before gracefulShutdownTimeout (5 s), when iisnode kills this process.
});

listen(server, 'The Inferno');

function stop() {
  io.close();
  setTimeout(() => process.exit(0), 1000).unref();
}
