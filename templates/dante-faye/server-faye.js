// Dante's Inferno, streamed to each viewer a stanza at a time over a plain WebSocket. Runs by itself (`node server-faye.js`) and
// under iisnode, in any virtual directory or at a site's root. The poem is in inferno.js, the page in index-faye.html, the rest
// in lib/.

const { createServer } = require('node:http');
const { listen, vdirPath } = require('./lib/iisnode.js');
const { htmlPage, pages, scriptFile } = require('./lib/pages.js');
const { onRecycle } = require('./lib/recycle.js');
const { Stream } = require('./lib/stream.js');
const { onViewer } = require('./lib/viewers.js');

// Each key of web.config's appSettings is an environment variable.
const interval = Number(process.env.STANZA_INTERVAL || 2000);

const page = htmlPage('index-faye.html', { interval: `${interval}` });
const server = createServer(
  pages({
    '/': page,
    '/index-faye.html': page,
    '/server-faye.js': page, // The entry point's own URL shows the page, too.
    '/lib/page.js': scriptFile('lib/page.js'),
    '/lib/connection.js': scriptFile('lib/connection.js'),
  }),
);

const stream = new Stream(interval);
const viewers = onViewer(server, `${vdirPath}/stream`, (viewer, query) => stream.open(viewer, query));

// Viewers reconnect to another process and go on where they were.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, stop);
onRecycle(__dirname, () => {
  viewers.tell('recycle'); // They reconnect within two seconds: iisnode starts the new process for the first of them.
  setTimeout(stop, 3000); // Before gracefulShutdownTimeout (5 s), when iisnode kills this process.
});

listen(server, 'The Inferno');

function stop() {
  server.close();
  viewers.close();
  setTimeout(() => process.exit(0), 1000).unref();
}
