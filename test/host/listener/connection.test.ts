import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import type { ListenerHooks } from '../../../src/host/listener/connection.js';
import { Listener } from '../../../src/host/listener/http-sys.js';
import { answersIn, RawClient } from '../hostile/raw-client.js';
import { get, post } from '../hostile/requests.js';

/** Says what it was asked; `/early` does so before the body is there, `/late` a turn after. */
async function echoing() {
  const faults: unknown[] = [];
  const hooks: ListenerHooks = {
    request(incoming, response) {
      const { method, url } = incoming;
      const answer = (body: string): void => void response.end(`${method} ${url} ${body}`);
      if (url === '/early') return answer('');
      if (url === '/long') return answer('x'.repeat(200_000));
      let body = '';
      incoming.setEncoding('latin1').on('data', (piece: string) => {
        body += piece;
      });
      incoming.on('end', () => (url === '/late' ? setImmediate(answer, body) : answer(body)));
    },
    upgrade: (incoming, response) => void response.end(`upgrade ${incoming.url}`),
    connectionTimeout: () => 120_000,
    fault: (error) => faults.push(error),
  };
  const listener = await Listener.open({ protocol: 'http', address: '127.0.0.1', port: 0 }, hooks);
  onTestFinished(() => listener.close(0));
  return { port: listener.point.port, faults };
}

const url = fc.constantFrom('/', '/early', '/late', '/long');
const body = fc.string({ maxLength: 40 }).map((text) => text.replace(/[^\x20-\x7e]/g, '_'));
const inChunks = (text: string): string =>
  `${(text.match(/.{1,7}/g) ?? []).map((piece) => `${piece.length.toString(16)};x\r\n${piece}\r\n`).join('')}0\r\nT: 1\r\n\r\n`;
const one = fc.oneof(
  url.map((path) => get(path)),
  fc.tuple(url, body).map(([path, text]) => post(path, `Content-Length: ${text.length}`, text)),
  fc.tuple(url, body).map(([path, text]) => post(path, 'Transfer-Encoding: chunked', inChunks(text))),
  url.map((path) => `FOO ${path} HTTP/1.1\r\nHost: x\r\n\r\n`),
  url.map((path) => get(path, 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n')),
  url.map((path) => `\r\n${get(path)}`),
);
const last = fc.constantFrom(
  get('/', 'Connection: close\r\n'),
  get('/', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'),
  'nonsense\r\n\r\n',
  post('/', 'Content-Length: x', ''),
  post('/', 'Transfer-Encoding: chunked', '5\r\nhelloX\r\n'),
  'GET / HTTP/1.1\r\nHost : x\r\n\r\n',
);

it('a stream of requests gets the same answers however it is cut into pieces', async () => {
  const { port, faults } = await echoing();
  const answersTo = async (pieces: readonly string[]): Promise<string> => {
    const client = await RawClient.open(port);
    for (const piece of pieces) {
      await client.send(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await client.all();
    await client.destroy();
    return client.text.replace(/\r\nDate: [^\r]*/g, '');
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(one, { maxLength: 6 }),
      last,
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }),
      async (requests, end, cuts) => {
        const stream = requests.join('') + end;
        const places = cuts.map((cut) => Math.floor(cut * stream.length)).sort((a, b) => a - b);
        const pieces = [0, ...places].map((from, index) => stream.slice(from, places[index] ?? stream.length));
        const whole = await answersTo([stream]);
        expect(answersIn(whole)).toMatchObject({ answers: { length: requests.length + 1 }, rest: '' });
        expect(await answersTo(pieces.filter((piece) => piece !== ''))).toBe(whole);
      },
    ),
    { numRuns: 150 },
  );
  expect(faults).toEqual([]);
});
