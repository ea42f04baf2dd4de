// `npm test`: starts the app as a process in a virtual directory, as iisnode does, and reads with real clients.

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');
const { after, afterEach, before, test } = require('node:test');
const { Client } = require('faye-websocket');
const { inferno } = require('../inferno.js');

const interval = 40;
let app;
let origin;
const opened = [];

before(async () => {
  const environment = { ...process.env, PORT: '0', virtualDirPath: '/My App', STANZA_INTERVAL: `${interval}` };
  app = spawn(process.execPath, [path.join(__dirname, '..', 'server-faye.js')], { env: environment });
  app.stderr.pipe(process.stderr);
  for await (const text of app.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    origin = /is at (http:\/\/[^/]*)/.exec(text)?.[1];
    if (origin !== undefined) return;
  }
  throw new Error('The app has ended.');
});

after(() => app.kill());

afterEach(() => {
  for (const client of opened.splice(0)) client.close();
});

/** Reads until `enough(messages)` is true; resolves to the messages, or to the reason why the connection was closed. */
function read(query, enough) {
  return new Promise((resolve) => {
    const client = new Client(`${origin.replace('http', 'ws')}/my%20app/stream${query}`);
    const messages = [];
    opened.push(client);
    client.on('message', ({ data }) => {
      messages.push({ ...JSON.parse(data), at: performance.now() });
      if (enough(messages)) resolve({ client, messages });
    });
    client.on('close', ({ code, reason }) => resolve({ messages, code, reason }));
  });
}

const atEnd = (messages) => messages.at(-1)?.event === 'end';

test('the page and its files are there, in any spelling of the path, and nothing else', async () => {
  for (const url of ['/', '/index-faye.html', '/server-faye.js', '/lib/page.js', '/lib/connection.js']) {
    for (const base of ['/My%20App', '/my%20app'])
      assert.equal((await fetch(origin + base + url)).status, 200, base + url);
  }
  for (const url of ['/lib/stream.js', '/inferno.js', '/package.json', '/test/app.test.js', '/stream']) {
    assert.equal((await fetch(`${origin}/My%20App${url}`)).status, 404, url);
  }
});

test('a reader gets every stanza once, in order, at the pace, and then the end', async () => {
  const { messages } = await read('', atEnd);
  assert.deepEqual(
    messages.slice(0, -1).map(({ lines }) => lines),
    inferno,
  );
  assert.deepEqual(
    messages.slice(0, -1).map(({ index }) => index),
    [...inferno.keys()],
  );
  assert.equal(messages.at(-1).stanzas, 46);
  const average = (messages.at(-1).at - messages[0].at) / 46;
  assert.ok(average > interval * 0.8 && average < interval * 5, `${average} ms from one to the next`);
});

test('a reader that reconnects goes on where it was: nothing is lost, nothing comes twice', async () => {
  const indexes = [];
  for (const stop of [3, 4, 20, 46]) {
    const { client, messages } = await read(
      `?next=${indexes.length}&waited=10`,
      (all) => atEnd(all) || indexes.length + all.length === stop,
    );
    indexes.push(...messages.filter(({ event }) => event === 'stanza').map(({ index }) => index));
    client.close();
  }
  assert.deepEqual(indexes, [...inferno.keys()]);
});

test('a reader that missed only the end gets the end', async () => {
  const { messages } = await read('?next=46&waited=60000', atEnd);
  assert.deepEqual(
    messages.map(({ event }) => event),
    ['end'],
  );
});

test('a wrong query is refused for good, with a reason', async () => {
  for (const next of ['-1', '47', '1.5', 'x']) {
    const { code, reason } = await read(`?next=${next}`, () => false);
    assert.deepEqual([code, reason], [4400, 'next is a whole number from 0 to 46']);
  }
  const { code, reason } = await read('?next=3&waited=-1', () => false);
  assert.deepEqual([code, reason], [4400, 'waited is a number of ms, 0 or more']);
});

test('an upgrade at another path is refused', async () => {
  const client = new Client(`${origin.replace('http', 'ws')}/My%20App/elsewhere`);
  opened.push(client);
  const [{ message }] = await once(client, 'error');
  assert.match(message, /404/);
});
