import { describe, expect, it, onTestFinished } from 'vitest';
import type { ListenerHooks } from '../../../src/host/listener/connection.js';
import { Listener } from '../../../src/host/listener/http-sys.js';
import { request } from '../harness.js';
import { RawClient } from './raw-client.js';
import { get, post, upgrade } from './requests.js';

const oops = new Error('nobody expected this');
const fail = (): never => {
  throw oops;
};

/** A listener whose modules fail in the way the URL names; everything else is answered `fine`. */
async function failing() {
  const faults: unknown[] = [];
  const hooks: ListenerHooks = {
    request(incoming, response) {
      if (incoming.url === '/at-once') fail();
      if (incoming.url === '/in-the-body') incoming.on('data', fail);
      else if (incoming.url === '/when-asked-to-read') incoming.on('end', fail).resume();
      else if (incoming.url !== '/when-it-is-gone') response.end('fine');
      if (incoming.url === '/behind-its-answer') response.prependListener('finish', fail);
      if (incoming.url === '/when-it-is-gone') incoming.on('aborted', fail);
    },
    upgrade(incoming, response, { socket }) {
      if (incoming.url === '/at-once') fail();
      if (response.socket !== null) response.detachSocket(response.socket);
      socket.on('data', fail).resume();
      socket.write('taken');
    },
    connectionTimeout: () => 120_000,
    fault: (error) => faults.push(error),
  };
  const listener = await Listener.open({ protocol: 'http', address: '127.0.0.1', port: 0 }, hooks);
  onTestFinished(() => listener.close(0));
  return { port: listener.point.port, faults };
}

describe('an unexpected fault', () => {
  it.each([
    ['in a handler', get('/at-once')],
    ['in the handler of an upgrade', upgrade('/at-once')],
    ['while a body is read', post('/in-the-body', 'Content-Length: 5', 'hello')],
    ['while chunks are read', post('/in-the-body', 'Transfer-Encoding: chunked', '5\r\nhello\r\n0\r\n\r\n')],
    ['when a body has ended', post('/when-asked-to-read', 'Content-Length: 5', 'hello')],
    ['behind its answer', get('/behind-its-answer')],
    ['in a handler that took the socket of an upgrade', `${upgrade('/')}early`, 'late'],
    ['in a request behind another', get('/') + get('/at-once')],
  ])('%s ends that connection, is reported, and ends nothing else', async (_, ...sent) => {
    const { port, faults } = await failing();
    const others = await Promise.all([0, 1].map(() => RawClient.open(port)));
    for (const other of others) await other.send('GET / HT');
    const client = await RawClient.open(port);
    const [first = '', late] = sent;
    await client.send(first);
    if (late !== undefined) await client.until((text) => text === 'taken').then(() => client.send(late));
    await client.all();
    await client.destroy();
    expect(faults).toEqual([oops]);
    for (const other of others) {
      await other.send('TP/1.1\r\nHost: x\r\n\r\n');
      expect((await other.answers(1))[0]?.body).toBe('fine');
      await other.destroy();
    }
    expect((await request(port, '/')).body).toBe('fine');
  });

  it('when a client has disconnected is reported, and ends nothing else', async () => {
    const { port, faults } = await failing();
    const client = await RawClient.open(port);
    await client.send(get('/when-it-is-gone'));
    await request(port, '/');
    await client.reset();
    await expect.poll(() => faults).toEqual([oops]);
    expect((await request(port, '/')).body).toBe('fine');
  });

  it('in the hook that gives the timeout ends that connection only', async () => {
    const faults: unknown[] = [];
    let calls = 0;
    const listener = await Listener.open(
      { protocol: 'http', address: '127.0.0.1', port: 0 },
      {
        request: (_, response) => response.end('fine'),
        upgrade: fail,
        connectionTimeout: () => (calls++ === 0 ? fail() : 1000),
        fault: (error) => faults.push(error),
      },
    );
    onTestFinished(() => listener.close(0));
    const client = await RawClient.open(listener.point.port);
    await client.all();
    await client.destroy();
    expect((await request(listener.point.port, '/')).body).toBe('fine');
    expect(faults).toEqual([oops]);
  });
});
