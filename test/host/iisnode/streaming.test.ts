import http from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { type Site, type SiteOptions, site, until } from './harness.js';

let running: Site | undefined;
const open = async (options: SiteOptions): Promise<Site> => {
  running = await site(options);
  return running;
};
afterEach(() => running?.close());

/** The pieces of the body as they arrived. */
function pieces(port: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const sent = http.get({ host: '127.0.0.1', port, agent: false }, (response) => {
      const arrived: string[] = [];
      response.on('data', (piece: Buffer) => arrived.push(String(piece)));
      response.on('end', () => resolve(arrived));
    });
    sent.on('error', reject);
  });
}

const one = 'data: one\n\n';
const two = 'data: two\n\n';

describe('a streamed response', () => {
  it('is held back until its end without flushResponse', async () => {
    const dante = await open({ fixture: 'streams.js' });
    expect(await pieces(dante.port)).toEqual([one + two]);
  });

  it('arrives piece by piece with flushResponse', async () => {
    const dante = await open({ fixture: 'streams.js', settings: { flushResponse: true } });
    expect(await pieces(dante.port)).toEqual([one, two]);
  });

  it('arrives piece by piece with responseBufferLimit 0', async () => {
    const dante = await open({ fixture: 'streams.js', request: { responseBufferLimit: 0 } });
    expect(await pieces(dante.port)).toEqual([one, two]);
  });

  it('node learns that the client is gone when the next piece cannot be sent', async () => {
    const dante = await open({ fixture: 'endless.js', settings: { flushResponse: true } });
    const sent = http.get({ host: '127.0.0.1', port: dante.port, agent: false });
    sent.on('error', () => undefined);
    const response = await new Promise<http.IncomingMessage>((resolve) => sent.once('response', resolve));
    await new Promise((resolve) => response.once('data', resolve));
    response.destroy();
    await until(async () => (await dante.get('/?gone')).text === '1');
  });
});
