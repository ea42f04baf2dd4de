// Serves the page and streams Canto I to each viewer over a plain WebSocket. Runs by itself (`node server-faye.js`) and
// under iisnode, in any virtual directory or at a site's root.

import { createServer } from 'node:http';
import { listen, vdirPath } from './iisnode.js';
import { htmlPage, pages, scriptFile } from './pages.js';
import { onRecycle } from './recycle.js';
import { Stream } from './stream.js';
import { onViewer } from './viewers.js';

// Each key of web.config's appSettings is an environment variable.
const interval = Number(process.env.STANZA_INTERVAL || 2000);

const page = htmlPage('index-faye.html', { interval: `${interval}` });
const server = createServer(
  pages({
    '/': page,
    '/index-faye.html': page,
    '/server-faye.js': page, // What the entry point's own URL shows.
    '/page.js': scriptFile('page.js'),
    '/connection.js': scriptFile('connection.js'),
  }),
);

const stream = new Stream(interval);
const viewers = onViewer(server, `${vdirPath}/stream`, (viewer, query) => stream.open(viewer, query));

// Viewers go on with another process, where they were.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, stop);
onRecycle(__dirname, () => {
  viewers.tell('recycle'); // They come back, a few at a time: iisnode then starts the new process.
  setTimeout(stop, 3000); // Within gracefulShutdownTimeout, after which iisnode ends this process in the middle of things.
});

listen(server, 'The Inferno');

function stop(): void {
  server.close();
  viewers.close();
  setTimeout(() => process.exit(0), 1000).unref();
}
