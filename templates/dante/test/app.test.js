// `npm test`: starts the app as a process, as iisnode does, and reads with real clients.

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');
const { test } = require('node:test');
const { io } = require('socket.io-client');
const { inferno } = require('../inferno.js');

/** Starts the app on a free port; resolves to its URL. */
async function start(t, settings = {}) {
  const child = spawn(process.execPath, [path.join(__dirname, '..', 'server-socketio.js')], {
    env: { ...process.env, PORT: '0', virtualDirPath: '/', STANZA_INTERVAL: '20', ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  let said = '';
  for await (const chunk of child.stdout) {
    said += chunk;
    const url = /http:\/\/localhost:\S+/.exec(said)?.[0];
    if (url) return { url, child };
  }
  throw new Error(`the app ended: ${said}`);
}

/** A viewer that does what the page does: when it connects it says which stanza it wants next. */
function view(t, url, options = {}) {
  const { origin, pathname } = new URL(url);
  const stanzas = [];
  let last = 0;
  const socket = io(origin, {
    path: `${pathname}socket.io`,
    transports: ['websocket'],
    reconnectionDelay: 20,
    reconnectionDelayMax: 100,
    auth: (tell) => tell(stanzas.length === 0 ? {} : { next: stanzas.length, waited: performance.now() - last }),
    ...options,
  });
  t.after(() => socket.disconnect());
  socket.on('stanza', ({ index, lines }) => {
    assert.equal(index, stanzas.length);
    stanzas.push(lines);
    last = performance.now();
  });
  return { socket, stanzas, ended: once(socket, 'end') };
}

test('every viewer gets every stanza, in order, once', async (t) => {
  const { url } = await start(t);
  const viewers = [view(t, url), view(t, url)];
  for (const { ended, stanzas } of viewers) {
    await ended;
    assert.deepEqual(stanzas, inferno);
  }
});

test('it works in a virtual directory', async (t) => {
  const { url } = await start(t, { virtualDirPath: '/my/app' });
  assert.match(url, /\/my\/app\/$/);
  assert.equal((await fetch(url)).status, 200);
  assert.equal((await fetch(new URL('/', url))).status, 404);
  const { ended, stanzas } = view(t, url);
  await ended;
  assert.deepEqual(stanzas, inferno);
});

test('a viewer whose connection is lost goes on where it was', async (t) => {
  const { url } = await start(t);
  const { socket, ended, stanzas } = view(t, url);
  socket.on('stanza', ({ index }) => {
    // Not within this event: socket.io keeps a stanza that came with this one for the new connection, which asks for it as well.
    if (index % 10 === 3) setImmediate(() => socket.io.engine.close());
  });
  await ended;
  assert.deepEqual(stanzas, inferno);
});

test('a viewer can poll when polling is allowed', async (t) => {
  const { url } = await start(t, { transports: 'websocket,polling' });
  const { ended, stanzas } = view(t, url, { transports: ['polling'] });
  await ended;
  assert.deepEqual(stanzas, inferno);
});
