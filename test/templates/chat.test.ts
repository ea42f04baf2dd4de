import { readFile, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Socket } from 'socket.io-client';
import { describe, expect, it } from 'vitest';
import { client, doctored, madeApp, next, ownTests, served } from './real-app.js';

interface Answer {
  readonly ok: boolean;
  readonly error?: string;
  readonly message?: { readonly id: string; readonly text: string };
}

const ask = (socket: Socket, event: string, fields: object): Promise<Answer> =>
  socket.timeout(30_000).emitWithAck(event, fields);

/** A client that sends its room at each connection, like the page. */
async function inRoom(origin: string, socketPath: string, room: string, name: string): Promise<Socket> {
  const socket = client(`${origin}/chat`, {
    path: socketPath,
    auth: { name, room, person: name },
    retries: 10,
    ackTimeout: 2000,
  });
  await next(socket, 'people');
  return socket;
}

/** The texts of the messages that arrive. */
function textsAt(socket: Socket): string[] {
  const texts: string[] = [];
  socket.on('message', ({ text }: { text: string }) => texts.push(text));
  return texts;
}

describe('the chat app', () => {
  it.each([
    ['/chat', 'websocket'],
    ['/My App', 'websocket,polling'],
    ['/', 'websocket,polling'],
  ])('at %s over %s has rooms, acknowledgements and news', async (vdirPath, transports) => {
    const app = await madeApp('chat', '--path', vdirPath, '--transports', transports);
    expect(await doctored(app)).toEqual({ code: 0, findings: [] });
    const { origin, url } = await served(app, vdirPath);
    const below = new URL(url).pathname;
    const page = await (await fetch(url)).text();
    expect(page).toContain(`data-transports="${transports}"`);
    for (const [, file = ''] of page.matchAll(/(?:src|href)="([\w./]+)"/g)) {
      expect([file, (await fetch(url + file)).status]).toEqual([file, 200]);
    }
    for (const hidden of ['chat.js', 'lib/adapter.js', 'test/app.test.js', 'package.json']) {
      expect([hidden, (await fetch(url + hidden)).status]).toEqual([hidden, 404]);
    }

    const ann = await inRoom(origin, `${below}socket.io`, 'garden', 'Ann');
    const joined = next(ann, 'joined');
    const bob = await inRoom(origin, `${below.toUpperCase()}socket.io`, 'garden', 'Bob');
    expect(await joined).toEqual({ id: 'Bob', name: 'Bob' });
    const heard = next(bob, 'message');
    expect(await ask(ann, 'message', { id: '1', text: 'Hello' })).toMatchObject({
      ok: true,
      message: { text: 'Hello' },
    });
    expect(await heard).toMatchObject({ text: 'Hello', from: { name: 'Ann' } });
    expect(await ask(ann, 'message', { id: '2', text: '' })).toEqual({ ok: false, error: 'The text is missing.' });

    const news = client(`${origin}/news`, {
      path: `${below}socket.io`,
      transports: [transports.split(',').at(-1) ?? ''],
    });
    const headline = next(news, 'headline');
    expect(await ask(news, 'post', { id: '1', text: 'Poet lost', by: 'Ann' })).toMatchObject({ ok: true });
    expect(await headline).toMatchObject({ text: 'Poet lost', by: 'Ann' });
  });

  it('loses no message and doubles none while iisnode recycles it', async () => {
    const app = await madeApp('chat', '--path', '/chat');
    const { origin, url, serving } = await served(app, '/chat');
    const ann = await inRoom(origin, '/chat/socket.io', 'garden', 'Ann');
    const said: string[] = [];
    const answers: Promise<unknown>[] = [];
    const say = (text: string): void => {
      said.push(text);
      answers.push(
        new Promise((resolve, reject) => {
          ann.emit('message', { id: text, text }, (error: Error | null, answer: Answer) => {
            if (error || !answer.ok) reject(error ?? new Error(answer.error));
            else resolve(answer.message?.text);
          });
        }),
      );
    };
    const own = textsAt(ann);
    // Bob reconnects much later than Ann, who has already sent messages.
    const bob = await inRoom(origin, '/chat/socket.io', 'garden', 'Bob');
    bob.io.reconnectionDelay(2000).reconnectionDelayMax(2000);
    const heard = textsAt(bob);
    say('before');
    await Promise.all(answers);
    const now = new Date();
    const lost = next(ann, 'disconnect');
    await utimes(path.join(app, 'server.js'), now, now);
    await expect.poll(async () => (await fetch(url)) && serving.output()).toContain('RECYCLED');
    say('during');
    await lost;
    say('while it is lost');
    say('and still');
    await expect.poll(() => ann.connected).toBe(true);
    say('after');
    expect(await Promise.all(answers)).toEqual(said);
    // The sender has from the acknowledgements what it missed of the room; nothing arrived twice.
    expect(new Set(own).size).toBe(own.length);
    await expect.poll(() => [...new Set(heard)]).toEqual(said);
  });

  it('returns a disconnected client to its room, with the messages it missed, without a notice to the others', async () => {
    const app = await madeApp('chat', '--path', '/chat');
    const { origin } = await served(app, '/chat');
    const ann = await inRoom(origin, '/chat/socket.io', 'garden', 'Ann');
    const bob = await inRoom(origin, '/chat/socket.io', 'garden', 'Bob');
    const told: unknown[] = [];
    bob.on('joined', (person) => told.push(person));
    bob.on('left', (person) => told.push(person));
    await Promise.all([next(ann, 'message'), ask(bob, 'message', { id: '1', text: 'one' })]);
    const heard = textsAt(ann);
    for (const text of ['two', 'three']) {
      const lost = next(ann, 'disconnect');
      ann.io.engine.close();
      await lost;
      await ask(bob, 'message', { id: text, text });
      await next(ann, 'connect');
      expect(ann.recovered).toBe(true);
    }
    await expect.poll(() => heard).toEqual(['two', 'three']);
    const people = next(ann, 'people');
    ann.emit('who');
    expect(await people).toEqual({
      people: [
        { id: 'Bob', name: 'Bob' },
        { id: 'Ann', name: 'Ann' },
      ],
      complete: true,
    });
    expect(told).toEqual([]);
  });

  it('informs the others of a client that returns after a break that they were informed of', async () => {
    const app = await madeApp('chat', '--path', '/chat');
    const { origin } = await served(app, '/chat');
    const ann = await inRoom(origin, '/chat/socket.io', 'garden', 'Ann');
    const bob = await inRoom(origin, '/chat/socket.io', 'garden', 'Bob');
    const left = next(bob, 'left');
    ann.io.reconnection(false);
    ann.io.engine.close();
    expect(await left).toEqual({ id: 'Ann', name: 'Ann' });
    const joined = next(bob, 'joined');
    const back = next(ann, 'connect');
    ann.connect();
    expect(await joined).toEqual({ id: 'Ann', name: 'Ann' });
    await back;
    expect(ann.recovered).toBe(true);
  });

  it('sends the headlines of a short absence to clients that had none before', async () => {
    const app = await madeApp('chat', '--path', '/chat');
    const { origin } = await served(app, '/chat');
    const [ann, bob] = [1, 2].map(() => client(`${origin}/news`, { path: '/chat/socket.io' }));
    if (!ann || !bob) throw new Error('two are needed');
    await Promise.all([next(ann, 'connect'), next(bob, 'connect')]);
    const lost = next(bob, 'disconnect');
    bob.io.reconnection(false);
    bob.io.engine.close();
    await lost;
    await ask(ann, 'post', { id: '1', text: 'Poet lost', by: 'Ann' });
    const headline = next(bob, 'headline');
    bob.connect();
    expect(await headline).toMatchObject({ text: 'Poet lost' });
  });

  it('informs the remaining clients when one has left', async () => {
    const app = await madeApp('chat', '--path', '/');
    const { origin } = await served(app, '/');
    const ann = await inRoom(origin, '/socket.io', 'garden', 'Ann');
    const bob = await inRoom(origin, '/socket.io', 'garden', 'Bob');
    const left = next(ann, 'left');
    bob.disconnect();
    expect(await left).toEqual({ id: 'Bob', name: 'Bob' });
  });

  it('runs in two processes, each with its own rooms if there is no adapter', async () => {
    const app = await madeApp('chat', '--path', '/chat', '--processes', '2');
    const { origin } = await served(app, '/chat');
    const people = await Promise.all(
      ['Ann', 'Bob', 'Cid', 'Dan'].map(async (name) => {
        const socket = client(`${origin}/chat`, { path: '/chat/socket.io', auth: { name, room: 'x', person: name } });
        await next(socket, 'people');
        return socket;
      }),
    );
    const heard = people.map(textsAt);
    for (const [index, socket] of people.entries()) {
      expect(await ask(socket, 'message', { id: `${index}`, text: `${index}` })).toMatchObject({ ok: true });
    }
    await expect.poll(() => heard.flat().length).toBe(8);
    for (const [index, texts] of heard.entries()) expect(texts).toContain(`${index}`);
  });

  it('with the adapter for Redis and no Redis, answers, and lists the clients that it knows', async () => {
    const app = await madeApp('chat', '--path', '/chat', '--processes', '2', '--adapter', 'redis');
    expect(await doctored(app)).toEqual({ code: 0, findings: [] });
    const file = path.join(app, 'web.config');
    await writeFile(file, (await readFile(file, 'utf8')).replace('redis://localhost:6379', 'redis://127.0.0.1:1'));
    const { origin } = await served(app, '/chat');
    const socket = client(`${origin}/chat`, { path: '/chat/socket.io' });
    const people = next(socket, 'people');
    expect(await ask(socket, 'join', { name: 'Ann', room: 'x', person: 'Ann' })).toEqual({ ok: true, room: 'x' });
    expect(await ask(socket, 'message', { id: '1', text: 'Hello' })).toMatchObject({ ok: true });
    expect(await people).toEqual({ people: [{ id: 'Ann', name: 'Ann' }], complete: false });
  });

  it('passes the tests that its user gets', async () => {
    await ownTests(await madeApp('chat'));
  });
});
