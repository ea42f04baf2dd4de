import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { request, type Site, type SiteOptions, site, until } from './harness.js';

let running: Site | undefined;
const open = async (options: SiteOptions): Promise<Site> => {
  running = await site(options);
  return running;
};
afterEach(async () => {
  await running?.close();
  running = undefined;
});

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly version: string;
  readonly rawHeaders: string[];
  readonly body: string;
}
const values = (seen: Seen, name: string): string[] =>
  seen.rawHeaders.filter((_, index, all) => index % 2 === 1 && all[index - 1]?.toLowerCase() === name.toLowerCase());

/** Sends raw bytes and gives what the echo fixture saw. */
async function raw(dante: Site, text: string): Promise<Seen> {
  const socket = net.connect(dante.port, '127.0.0.1');
  socket.write(text);
  let answer = '';
  for await (const piece of socket) answer += String(piece);
  return JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1));
}

describe('the request node gets', () => {
  it('has known headers first, in their order and spelling, then the others as they came, empty values kept', async () => {
    const dante = await open({ fixture: 'echo.js' });
    const seen = await raw(
      dante,
      'GET /a%20b?q=1 HTTP/1.1\r\nx-second: 2\r\nHOST: dante\r\nX-Empty:\r\nuser-agent: virgil\r\nX-SECOND: 3\r\ncookie: a=1\r\ncookie: b=2\r\nreferer:\r\nConnection: close\r\n\r\n',
    );
    expect(seen.url).toBe('/a%20b?q=1');
    expect(seen.rawHeaders).toEqual([
      ...['Connection', 'keep-alive', 'Cookie', 'a=1; b=2', 'Host', 'dante', 'User-Agent', 'virgil'],
      ...['x-second', '2', 'X-Empty', '', 'X-SECOND', '3'],
    ]);
  });

  it('has X-Original-URL as its target, also when the client set it', async () => {
    const dante = await open({ fixture: 'echo.js', request: { url: '/server.js' } });
    const seen: Seen = JSON.parse((await dante.get('/x', { 'X-Original-URL': '/dante/socket.io/?EIO=4' })).text);
    expect(seen.url).toBe('/dante/socket.io/?EIO=4');
    expect(values(seen, 'x-original-url')).toEqual(['/dante/socket.io/?EIO=4']);
  });

  it('has the cooked URL otherwise', async () => {
    const dante = await open({ fixture: 'echo.js', request: { url: '/decoded/%?x=%20' } });
    const seen: Seen = JSON.parse((await dante.get('/other')).text);
    expect(seen.url).toBe('/decoded/%?x=%20');
  });

  it.each(['/caf\u00e9', '/a b', '/\u4e2d'])('has %s in its request line as it is, which node refuses', async (url) => {
    const dante = await open({ fixture: 'echo.js', request: { url } });
    expect(await dante.get('/')).toMatchObject({ status: url === '/\u4e2d' ? 200 : 400 });
  });

  it('never carries control characters in its target', async () => {
    const dante = await open({ fixture: 'echo.js', request: { url: '/a\r\nEvil: 1' } });
    expect((await dante.get('/')).status).toBe(400);
  });

  it('has Connection: keep-alive unless it is exactly upgrade', async () => {
    const dante = await open({ fixture: 'echo.js' });
    for (const [sent, got] of [
      ['close', 'keep-alive'],
      ['keep-alive, TE', 'keep-alive'],
      ['Upgrade', 'Upgrade'],
    ] as const) {
      const seen: Seen = JSON.parse((await dante.get('/', { Connection: sent })).text);
      expect(values(seen, 'connection')).toEqual([got]);
    }
  });

  it('has no Expect: 100-continue', async () => {
    const dante = await open({ fixture: 'echo.js' });
    const options = { method: 'POST', headers: { Expect: '100-continue', 'Content-Length': 2 } };
    const seen: Seen = JSON.parse((await request(dante.port, options, 'hi')).text);
    expect(values(seen, 'expect')).toEqual([]);
    expect(seen.body).toBe('hi');
  });

  it('has a chunked body when the client chunks, an empty one too', async () => {
    const dante = await open({ fixture: 'echo.js' });
    for (const body of ['midway upon the journey', '']) {
      const options = { method: 'POST', headers: { 'Transfer-Encoding': 'chunked' } };
      const seen: Seen = JSON.parse((await request(dante.port, options, body)).text);
      expect(seen.body).toBe(body);
      expect(values(seen, 'transfer-encoding')).toEqual(['chunked']);
      expect(values(seen, 'content-length')).toEqual([]);
    }
  });

  it('has bodies of many buffers whole', async () => {
    const dante = await open({ fixture: 'echo.js' });
    const body = Buffer.alloc(3_000_000, 'canto ');
    const seen: Seen = JSON.parse((await request(dante.port, { method: 'PUT' }, body)).text);
    expect(seen.method).toBe('PUT');
    expect(seen.body.length).toBe(body.length);
    expect(seen.body).toBe(body.toString('latin1'));
  });

  it('is refused with 500.1005 when its head exceeds maxRequestBufferSize', async () => {
    const settings = { maxRequestBufferSize: 1024, devErrorsEnabled: false };
    const dante = await open({ fixture: 'echo.js', settings });
    expect((await dante.get('/', { 'X-Large': 'x'.repeat(1024) })).text).toBe('500.1005');
    expect(dante.failures[0]?.win32).toBe(1816);
  });
});

describe('an upload whose client goes away', () => {
  it.each(['Content-Length: 1000', 'Transfer-Encoding: chunked'])('with %s gives its place back', async (framing) => {
    const dante = await open({ fixture: 'listens-late.js', settings: { maxConcurrentRequestsPerProcess: 1 } });
    const socket = net.connect(dante.port, '127.0.0.1');
    socket.write(`POST / HTTP/1.1\r\nHost: a\r\n${framing}\r\n\r\n5\r\nhello\r\n`);
    await until(() => dante.seen() === 1);
    socket.destroy();
    await until(async () => (await dante.get()).text === 'late');
  });
});

describe('enableXFF', () => {
  const forwarded = async (headers: Record<string, string>, on = true): Promise<Seen> => {
    running ??= await site({ fixture: 'echo.js' });
    running.settings = { enableXFF: on };
    return JSON.parse((await running.get('/', headers)).text);
  };

  it('adds the client address and the protocol', async () => {
    const seen = await forwarded({});
    expect(values(seen, 'x-forwarded-for')).toEqual(['127.0.0.1']);
    expect(values(seen, 'x-forwarded-proto')).toEqual(['http']);
  });

  it('appends to what the client sent, unless it ends with the address already', async () => {
    expect(values(await forwarded({ 'X-Forwarded-For': '1.2.3.4' }), 'x-forwarded-for')).toEqual([
      '1.2.3.4, 127.0.0.1',
    ]);
    expect(values(await forwarded({ 'X-Forwarded-For': '5127.0.0.1' }), 'x-forwarded-for')).toEqual(['5127.0.0.1']);
  });

  it('keeps a protocol the client sent', async () => {
    expect(values(await forwarded({ 'X-Forwarded-Proto': 'gopher' }), 'x-forwarded-proto')).toEqual(['gopher']);
  });

  it('off adds nothing and lets the client have its own', async () => {
    expect(values(await forwarded({}, false), 'x-forwarded-for')).toEqual([]);
    expect(values(await forwarded({ 'X-Forwarded-For': '9.9.9.9' }, false), 'x-forwarded-for')).toEqual(['9.9.9.9']);
  });
});

describe('promoteServerVars', () => {
  it('sends what IIS can resolve as X-iisnode-NAME, last first, not trimmed', async () => {
    const variables: Record<string, string> = { AUTH_USER: 'DIVINE\\dante', HTTPS: 'off', ' SPACED': 'found' };
    const dante = await open({
      fixture: 'echo.js',
      settings: { promoteServerVars: 'AUTH_USER,HTTPS,NOT_THERE, SPACED,' },
      request: { serverVariable: (name) => (name === ' SPACED' ? undefined : variables[name]) },
    });
    const seen: Seen = JSON.parse((await dante.get()).text);
    expect(seen.rawHeaders.slice(-4)).toEqual(['X-iisnode-HTTPS', 'off', 'X-iisnode-AUTH_USER', 'DIVINE\\dante']);
  });
});
