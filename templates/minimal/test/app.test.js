// `npm test`: starts the app as a process, as iisnode does, and tests it with real clients.

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { io } = require('socket.io-client');

// A virtual directory with a capital letter and a blank: if that works, the root works, too.
const vdirPath = '/My App';
let app;
let origin;

before(async () => {
  const environment = { ...process.env, PORT: '0', virtualDirPath: vdirPath };
  app = spawn(process.execPath, [path.join(__dirname, '..', 'server.js')], { env: environment });
  app.stderr.pipe(process.stderr);
  for await (const text of app.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    const port = /port: (\d+)/.exec(text)?.[1];
    if (port === undefined) continue;
    origin = `http://127.0.0.1:${port}`;
    return;
  }
  throw new Error('The app has ended.');
});

after(() => app.kill());

test('the page and the client script are there, in any spelling of the path', async () => {
  for (const url of [
    '/My%20App/',
    '/my%20app/',
    '/My%20App/socket.io/socket.io.js',
    '/MY%20APP/socket.io/socket.io.js',
    '/%4Dy%20App/?from=somewhere',
  ]) {
    assert.equal((await fetch(origin + url)).status, 200, url);
  }
  assert.equal((await fetch(`${origin}/My%20App`, { redirect: 'manual' })).headers.get('location'), '/My%20App/');
  assert.equal((await fetch(`${origin}/My%20App/package.json`)).status, 404);
});

test('everyone gets what one client says, and the sender is told whether it was sent', async () => {
  const [ann, bob] = [1, 2].map(() => {
    return io(origin, { path: '/My%20App/socket.io', transports: ['websocket'], forceNew: true });
  });
  try {
    await Promise.all([once(ann, 'connect'), once(bob, 'connect')]);
    const heard = Promise.all([once(ann, 'said'), once(bob, 'said')]);
    assert.equal(await ann.timeout(5000).emitWithAck('say', 'Midway'), true);
    assert.deepEqual(await heard, [['Midway'], ['Midway']]);
    assert.equal(await ann.timeout(5000).emitWithAck('say', 'n'.repeat(1001)), false);
  } finally {
    ann.close();
    bob.close();
  }
});
