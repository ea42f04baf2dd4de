// `npm test`: starts the app as a process in a virtual directory, as iisnode does, and tests it with real clients. With the
// adapter for Redis these tests need a Redis at REDIS_URL.

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');
const { after, afterEach, before, test } = require('node:test');
const { io } = require('socket.io-client');

const vdirPath = '/My App';
let app;
let origin;
const opened = [];
// With Redis the messages of an earlier run are still there: each run has its own rooms.
const run = Date.now().toString(36);

before(async () => {
  const environment = { ...process.env, PORT: '0', virtualDirPath: vdirPath, transports: 'websocket,polling' };
  app = spawn(process.execPath, [path.join(__dirname, '..', 'server.js')], { env: environment });
  app.stderr.pipe(process.stderr);
  for await (const text of app.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    origin = /is at (http:\/\/[^/]*)/.exec(text)?.[1];
    if (origin !== undefined) return;
  }
  throw new Error('The app has ended.');
});

after(() => app.kill());

afterEach(() => {
  for (const socket of opened.splice(0)) socket.close();
});

/** A connection to a namespace, ready. */
async function connect(namespace, options = {}) {
  const socket = io(origin + namespace, {
    path: '/My%20App/socket.io',
    transports: ['websocket'],
    forceNew: true,
    reconnectionDelay: 20,
    ...options,
  });
  opened.push(socket);
  await once(socket, 'connect', { signal: AbortSignal.timeout(10_000) });
  return socket;
}

/** Sends an event and gives the server's answer. */
const ask = (socket, event, fields) => socket.timeout(5000).emitWithAck(event, fields);

/** A client in a room of /chat that has got the list of people. */
async function inRoom(place, name) {
  const room = `${place} ${run}`;
  const socket = await connect('/chat');
  const people = next(socket, 'people');
  assert.deepEqual(await ask(socket, 'join', { name, room, person: `id of ${name}` }), { ok: true, room });
  const list = await people;
  return Object.assign(socket, { found: list.people.map((person) => person.name).sort(), complete: list.complete });
}

/** The next event of that name. */
const next = async (socket, event) => (await once(socket, event, { signal: AbortSignal.timeout(10_000) }))[0];

/** The next event of that name whose id is this. */
async function nextOf(socket, event, id) {
  for (;;) {
    const found = await next(socket, event);
    if (found.id === id) return found;
  }
}

/** All events of that name from now on; `reaches` waits until there are that many. */
function collect(socket, event) {
  const all = [];
  socket.on(event, (value) => all.push(value));
  const reaches = async (count) => {
    while (all.length < count) await next(socket, event);
  };
  return Object.assign(all, { reaches });
}

test('the page, its files and the client script are there, in any spelling of the path, and nothing else', async () => {
  for (const url of ['/', '/lib/page.js', '/lib/client.js', '/lib/style.css', '/socket.io/socket.io.js']) {
    for (const base of ['/My%20App', '/my%20app'])
      assert.equal((await fetch(origin + base + url)).status, 200, base + url);
  }
  for (const url of ['/chat.js', '/lib/once.js', '/package.json', '/test/app.test.js']) {
    assert.equal((await fetch(`${origin}/My%20App${url}`)).status, 404, url);
  }
});

test('a client that joins a room gets the list of people, and the others are told who joins and who leaves', async () => {
  const ann = await inRoom('garden', 'Ann');
  const joined = next(ann, 'joined');
  const bob = await inRoom('garden', 'Bob');
  assert.deepEqual(await joined, { id: 'id of Bob', name: 'Bob' });
  assert.deepEqual(bob.found, ['Ann', 'Bob']);
  const left = next(ann, 'left');
  await ask(bob, 'leave', {});
  assert.deepEqual(await left, { id: 'id of Bob', name: 'Bob' });
});

test('a message reaches everyone in its room, also the sender, and no one else', async () => {
  const ann = await inRoom('kitchen', 'Ann');
  const bob = await inRoom('kitchen', 'Bob');
  const eve = await inRoom('cellar', 'Eve');
  const overheard = collect(eve, 'message');
  const heard = Promise.all([next(ann, 'message'), next(bob, 'message')]);
  const answer = await ask(ann, 'message', { id: '1', text: ' Hello ' });
  const message = { id: '1', text: 'Hello', from: { id: 'id of Ann', name: 'Ann' }, at: answer.message.at };
  assert.deepEqual(answer, { ok: true, message });
  assert.deepEqual(await heard, [message, message]);
  await Promise.all([overheard.reaches(1), ask(eve, 'message', { id: '2', text: 'Is anybody there?' })]);
  assert.deepEqual(
    overheard.map(({ text }) => text),
    ['Is anybody there?'],
  );
});

test('a message that is sent again is acknowledged again, and delivered once', async () => {
  const ann = await inRoom('attic', 'Ann');
  const bob = await inRoom('attic', 'Bob');
  const heard = collect(bob, 'message');
  const first = await ask(ann, 'message', { id: 'same', text: 'Once' });
  assert.deepEqual(await ask(ann, 'message', { id: 'same', text: 'Once' }), first);
  await Promise.all([heard.reaches(2), ask(ann, 'message', { id: 'other', text: 'Twice' })]);
  assert.deepEqual(
    heard.map(({ text }) => text),
    ['Once', 'Twice'],
  );
});

test('the different forms of a room name mean the same room', async () => {
  const socket = await connect('/chat');
  for (const room of ['Caf\u00e9', ' Cafe\u0301 ']) {
    assert.deepEqual(await ask(socket, 'join', { name: 'Ann', room, person: '1' }), { ok: true, room: 'Caf\u00e9' });
  }
});

test('wrong requests are refused, with a reason', async () => {
  const socket = await connect('/chat');
  const refused = async (event, fields, error) =>
    assert.deepEqual(await ask(socket, event, fields), { ok: false, error });
  await refused('message', { id: '1', text: 'Hello' }, 'Join a room first.');
  await refused('join', { room: 'x', person: '1' }, 'The name is missing.');
  await refused('join', { name: 'Ann', room: ' ', person: '1' }, 'The room is missing.');
  await refused(
    'join',
    { name: 'n'.repeat(31), room: 'x', person: '1' },
    'The name is too long: 30 characters are enough.',
  );
  await refused('join', 'x', 'Send an object.');
  assert.equal((await ask(socket, 'join', { name: 'Ann', room: 'x', person: '1' })).ok, true);
  await refused('message', { id: '1', text: 7 }, 'The text is missing.');
  await refused('message', { id: '1', text: 'n'.repeat(2001) }, 'The text is too long: 2000 characters are enough.');
});

test('after a lost connection a client is in its room again, and gets the messages that it missed', async () => {
  const ann = await inRoom('bridge', 'Ann');
  const bob = await inRoom('bridge', 'Bob');
  const told = collect(bob, 'joined');
  // From here on Ann has a place in the order of messages.
  await Promise.all([next(ann, 'message'), ask(bob, 'message', { id: 'before', text: 'Before' })]);
  const heard = collect(ann, 'message');
  const lost = next(ann, 'disconnect');
  ann.io.engine.close();
  await lost;
  const back = next(ann, 'connect');
  const missed = next(ann, 'message');
  await ask(bob, 'message', { id: 'meanwhile', text: 'Meanwhile' });
  await Promise.all([back, missed]);
  await Promise.all([heard.reaches(2), ask(ann, 'message', { id: 'after', text: 'After' })]);
  assert.deepEqual(
    heard.map(({ text }) => text),
    ['Meanwhile', 'After'],
  );
  assert.equal(told.length, 0);
});

test('messages written while the connection is lost arrive when it is back, in order', async () => {
  const here = { name: 'Ann', room: `harbour ${run}`, person: 'id of Ann' };
  const bob = await inRoom('harbour', 'Bob');
  const heard = collect(bob, 'message');
  const ann = await connect('/chat', { auth: here, retries: 5, ackTimeout: 2000 });
  ann.io.engine.close();
  const answers = ['one', 'two', 'three'].map((text) => {
    return new Promise((resolve) => ann.emit('message', { id: text, text }, (_error, answer) => resolve(answer)));
  });
  for (const answer of await Promise.all(answers)) assert.equal(answer.ok, true);
  await Promise.all([heard.reaches(4), ask(bob, 'message', { id: 'last', text: 'last' })]);
  assert.deepEqual(
    heard.map(({ text }) => text),
    ['one', 'two', 'three', 'last'],
  );
});

test('a headline reaches everyone at /news, and no one else', async () => {
  const [ann, bob] = await Promise.all([connect('/news'), connect('/news', { transports: ['polling'] })]);
  const eve = await inRoom('lobby', 'Eve');
  const overheard = collect(eve, 'headline');
  const heard = Promise.all([nextOf(ann, 'headline', run), nextOf(bob, 'headline', run)]);
  const { headline } = await ask(ann, 'post', { id: run, text: 'Poet lost in forest', by: 'Ann' });
  assert.deepEqual(await heard, [headline, headline]);
  assert.deepEqual(await ask(ann, 'post', { id: '2', by: 'Ann' }), { ok: false, error: 'The text is missing.' });
  await ask(eve, 'message', { id: '1', text: 'Any news?' });
  assert.equal(overheard.length, 0);
});

test('an unknown namespace is refused: a namespace is not part of the path', async () => {
  const socket = io(`${origin}/My App/chat`, {
    path: '/My%20App/socket.io',
    transports: ['websocket'],
    forceNew: true,
  });
  opened.push(socket);
  assert.equal((await next(socket, 'connect_error')).message, 'Invalid namespace');
});
