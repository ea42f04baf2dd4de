import http from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { type Site, type SiteOptions, site, until } from './harness.js';

let running: Site | undefined;
const open = async (options: SiteOptions): Promise<Site> => {
  running = await site(options);
  return running;
};
afterEach(() => running?.close());

/** The pieces of the body as they arrive, and when the last one has. */
function pieces(port: number): { arrived: string[]; ended: Promise<void> } {
  const arrived: string[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    const sent = http.get({ host: '127.0.0.1', port, agent: false }, (response) => {
      response.on('data', (piece: Buffer) => arrived.push(String(piece)));
      response.on('end', () => resolve());
    });
    sent.on('error', reject);
  });
  return { arrived, ended };
}

const one = 'data: one\n\n';
const two = 'data: two\n\n';

/** The first piece is here before node has the second. */
async function expectPieceByPiece(dante: Site): Promise<void> {
  const { arrived, ended } = pieces(dante.port);
  await until(() => arrived.length === 1);
  await dante.get('/?more');
  await ended;
  expect(arrived).toEqual([one, two]);
}

describe('a streamed response', () => {
  it('is held back until its end without flushResponse', async () => {
    const dante = await open({ fixture: 'streams.js' });
    const { arrived, ended } = pieces(dante.port);
    await until(() => dante.seen() === 1);
    // The piece is older than the answer to what came behind it, in node and on the way here.
    for (let count = 0; count < 3; count += 1) await dante.get('/?behind');
    expect(arrived).toEqual([]);
    await dante.get('/?more');
    await ended;
    expect(arrived).toEqual([one + two]);
  });

  it('arrives piece by piece with flushResponse', async () => {
    const dante = await open({ fixture: 'streams.js', settings: { flushResponse: true } });
    await expectPieceByPiece(dante);
  });

  it('arrives piece by piece with responseBufferLimit 0', async () => {
    const dante = await open({ fixture: 'streams.js', request: { responseBufferLimit: 0 } });
    await expectPieceByPiece(dante);
  });

  it('node detects the disconnected client when the next piece cannot be sent', async () => {
    const dante = await open({ fixture: 'endless.js', settings: { flushResponse: true } });
    const sent = http.get({ host: '127.0.0.1', port: dante.port, agent: false });
    sent.on('error', () => undefined);
    const response = await new Promise<http.IncomingMessage>((resolve) => sent.once('response', resolve));
    await new Promise((resolve) => response.once('data', resolve));
    response.destroy();
    await until(async () => (await dante.get('/?gone')).text === '1');
  });
});
