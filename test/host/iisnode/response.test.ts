import { afterEach, describe, expect, it } from 'vitest';
import { request, type Site, type SiteOptions, site } from './harness.js';

let running: Site | undefined;
const open = async (options: SiteOptions): Promise<Site> => {
  running = await site(options);
  return running;
};
afterEach(() => running?.close());

const rawSite = (answer: string, options: { after?: string; settings?: SiteOptions['settings'] } = {}): Promise<Site> =>
  open({
    fixture: 'raw.js',
    settings: { devErrorsEnabled: false, ...options.settings },
    appSettings: [
      ['RAW_BASE64', Buffer.from(answer, 'latin1').toString('base64')],
      ['RAW_THEN', options.after ?? ''],
    ],
  });

describe('the response the client gets', () => {
  it('keeps reason, repeated headers and their spelling, and has lost Connection', async () => {
    const dante = await rawSite(
      'HTTP/1.1 404.3 Nel mezzo\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nX-Odd-CASE:   spaced\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi',
    );
    const { status, reason, rawHeaders, text } = await dante.get('/', { Connection: 'keep-alive' });
    expect({ status, reason, text }).toEqual({ status: 404, reason: 'Nel mezzo', text: 'hi' });
    expect(rawHeaders.slice(0, 6)).toEqual(['Set-Cookie', 'a=1', 'set-cookie', 'b=2', 'X-Odd-CASE', 'spaced']);
    expect(rawHeaders.filter((name) => name === 'Connection')).toHaveLength(1);
  });

  it('has a chunked body, chunk extensions and all', async () => {
    const dante = await rawSite(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;ext=1\r\nhello\r\nA\r\n, traveler\r\n0\r\n\r\n',
    );
    const { text, headers } = await dante.get();
    expect(text).toBe('hello, traveler');
    expect(headers['transfer-encoding']).toBe('chunked');
  });

  it('has everything up to the end of the pipe with Connection: close', async () => {
    const dante = await rawSite('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of it', { after: 'close' });
    expect((await dante.get()).text).toBe('all of it');
    expect((await dante.get()).text, 'the connection was not used again').toBe('all of it');
  });

  it.each([204, 304])('has no body with %i', async (status) => {
    const dante = await rawSite(`HTTP/1.1 ${status} Empty\r\nX-A: 1\r\n\r\n`);
    expect(await dante.get()).toMatchObject({ status, text: '' });
    expect(await dante.get()).toMatchObject({ status, text: '' });
  });

  it('has no body for HEAD, but the length', async () => {
    const dante = await rawSite('HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n');
    const answer = await request(dante.port, { method: 'HEAD' });
    expect(answer.headers['content-length']).toBe('77');
    expect(answer.text).toBe('');
  });

  it('may be large', async () => {
    const body = 'x'.repeat(9_000_000);
    const dante = await rawSite('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    await dante.close();
    const large = await open({ fixture: 'echo.js' });
    const { text } = await request(large.port, { method: 'POST' }, body);
    expect(JSON.parse(text).body).toBe(body);
  });
});

describe('a broken answer', () => {
  it.each([
    ['not HTTP at all', 'SSH-2.0-OpenSSH\r\n\r\n', 1013, 11],
    ['a status line without the blank before the reason', 'HTTP/1.1 200\r\n\r\n', 1013, 11],
    ['nothing but a closed pipe', '', 1013, 109],
    ['half a status line', 'HTTP/1.1 20', 1013, 109],
    ['half of the headers', 'HTTP/1.1 200 OK\r\nX-A: 1\r\nX-', 1014, 109],
    ['a header without colon', 'HTTP/1.1 200 OK\r\nnonsense\r\n\r\n', 1014, 11],
    ['a body without framing', 'HTTP/1.1 200 OK\r\n\r\nhello\r\n', 1015, 11],
    ['a chunk that is cut off', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel', 1016, 109],
    ['chunks without an end', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n', 1015, 109],
    ['a body that is cut off', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhell', 1016, 109],
    ['bytes behind Content-Length: 0', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nx', 1016, 11],
    ['a status line longer than the buffer', `HTTP/1.1 200 ${'x'.repeat(70_000)}\r\n\r\n`, 1012, 1816],
  ])('%s', async (_name, answer, subStatus, code) => {
    const dante = await rawSite(answer, { after: 'close' });
    expect((await dante.get()).text).toBe(`500.${subStatus}`);
    expect(dante.failures).toMatchObject([{ status: 500, subStatus, win32: code, reason: 'Internal Server Error' }]);
    expect((await dante.event('REQUEST_FAILED')).message).toContain(`(500.${subStatus})`);
  });

  it('becomes a 200 page with developer errors, for all clients', async () => {
    const dante = await rawSite('nonsense\r\n', { after: 'close', settings: { devErrorsEnabled: true } });
    const { status, text } = await dante.get();
    expect(status).toBe(200);
    expect(text).toContain('iisnode encountered an error');
    expect(text).toContain('HTTP subStatus: 1013');
    expect(text).toContain('@devErrorsEnabled');
    expect(dante.failures).toEqual([]);
  });

  it('an informational answer is dropped and reported once: the answer behind it reaches its own client', async () => {
    const dante = await rawSite('HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nreal');
    for (let visitor = 0; visitor < 3; visitor++) expect((await dante.get()).text).toBe('real');
    expect(dante.events.filter(({ code }) => code === 'INTERIM_ANSWER')).toMatchObject([
      { level: 'warning', message: expect.stringContaining('server.js sends an informational answer (102)') },
    ]);
  });
});

describe('the connection pool', () => {
  it('a connection node closes on the next request fails that request with 500.1013, not replayed', async () => {
    const dante = await open({ fixture: 'second-request-closes.js', settings: { devErrorsEnabled: false } });
    expect((await dante.get()).text).toBe('first');
    expect((await dante.get()).text).toBe('500.1013');
    expect((await dante.event('REQUEST_FAILED')).message).toContain('keepAliveTimeout');
    expect((await dante.get()).text).toBe('first');
  });

  it.each([
    ['maxNamedPipePooledConnectionAge', { maxNamedPipePooledConnectionAge: 0 }],
    ['maxNamedPipeConnectionPoolSize', { maxNamedPipeConnectionPoolSize: 0 }],
  ])('%s 0 reuses no connection', async (_name, settings) => {
    const dante = await open({ fixture: 'second-request-closes.js', settings });
    for (let index = 0; index < 3; index++) expect((await dante.get()).text).toBe('first');
  });
});

describe('iisnode-debug', () => {
  it('is there only when asked for, with its fixed beginning', async () => {
    const dante = await open({ fixture: 'slow.js', settings: { debugHeaderEnabled: true } });
    const { headers, text } = await dante.get();
    const value = String(headers['iisnode-debug']);
    expect(value).toMatch(/^http:\/\/bit\.ly\/NsU2nd#iisnode_ver=0\.2\.27&node=node\.exe&dns=/);
    expect(value).toContain(`&worker_pid=${process.pid}&node_pid=${text}&`);
    expect(value).toMatch(/&app_processes=1&process_active_req=1&app_active_req=1&worker_total_req=1&/);
    expect(value).toMatch(/&hresult=0$/);
    dante.settings = {};
    expect((await dante.get()).headers['iisnode-debug']).toBeUndefined();
  });
});
