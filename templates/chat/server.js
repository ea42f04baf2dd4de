// Serves the page and two socket.io namespaces: /chat with its rooms (chat.js), and /news (news.js). Runs by itself (`npm start`)
// and under iisnode, in any virtual directory or at a site's root.

const { createServer } = require('node:http');
const { Server } = require('socket.io');
const { chat } = require('./chat.js');
const { attachAdapter } = require('./lib/adapter.js');
const { listen, vdirPath } = require('./lib/iisnode.js');
const { htmlPage, pages, scriptFile, styleFile } = require('./lib/pages.js');
const { onRecycle } = require('./lib/recycle.js');
const { transportsIn } = require('./lib/transports.js');
const { news } = require('./news.js');

// Each key of web.config's appSettings is an environment variable.
const transports = transportsIn(process.env.transports || 'websocket');

const page = htmlPage('index.html', { transports: transports.join(',') });
const server = createServer(
  pages({
    '/': page,
    '/index.html': page,
    '/server.js': page, // The entry point's own URL shows the page, too.
    '/lib/page.js': scriptFile('lib/page.js'),
    '/lib/client.js': scriptFile('lib/client.js'),
    '/lib/style.css': styleFile('lib/style.css'),
  }),
);

const io = new Server(server, {
  // One path for all namespaces: /chat and /news are names within a connection, not URLs.
  path: `${vdirPath}/socket.io`,
  transports,
  maxHttpBufferSize: 20_000, // More than the longest message; a client that sends more is disconnected.
  allowEIO3: process.env.allowEIO3 === 'true', // Lets clients of socket.io 1 and 2 connect.
  // iisnode does not tell a client that its process has ended: a missing ping does, after 15 s at most.
  pingInterval: 10_000,
  pingTimeout: 5_000,
  // A client that is back at the same process within two minutes gets what it missed. Another process does not have it, nor does
  // one that was restarted, unless the adapter keeps it for all, as Redis Streams does.
  connectionStateRecovery: { maxDisconnectionDuration: 120_000 },
});

const caughtUp = attachAdapter(io);
chat(io, caughtUp);
news(io, caughtUp);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, stop);
// Clients reconnect by themselves, not all at once: iisnode starts the new process for the first of them.
onRecycle(__dirname, () => setTimeout(stop, 500));

listen(server, 'The chat');

function stop() {
  io.close();
  setTimeout(() => process.exit(0), 1000).unref();
}
