import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { describe, expect, it } from 'vitest';
import { processExists } from '../../src/files/index.js';
import { folderWith, request, serve, webConfig } from './harness.js';
import { app, config, handlers, handshake, off, script } from './iisnode-app.js';

describe('an iisnode application', () => {
  it('gets its requests, sees the URL before URL Rewrite, and has appSettings in its environment', async () => {
    const { get } = await app(`${off}<iisnode promoteServerVars="APP_POOL_ID" />`);
    const direct = JSON.parse((await get('/dante/server.js?a=b')).body);
    expect(direct).toMatchObject({ url: '/dante/server.js?a=b', vdir: '/dante', promoted: 'DefaultAppPool' });
    const rewritten = JSON.parse((await get('/dante/socket.io/?EIO=4')).body);
    expect(rewritten).toMatchObject({
      url: '/dante/socket.io/?EIO=4',
      original: '/dante/socket.io/?EIO=4',
      pid: direct.pid,
    });
  });

  it('gets Server and custom headers added beside its own', async () => {
    const headers =
      '<httpProtocol><customHeaders><add name="X-Powered-By" value="ASP.NET" /></customHeaders></httpProtocol>';
    const { get } = await app(headers);
    const { raw, headers: merged } = await get('/dante/server.js');
    expect(merged.server).toBe('Microsoft-IIS/10.0');
    expect(raw.filter((_, index) => index % 2 === 1 && raw[index - 1] === 'X-Powered-By')).toEqual(['node', 'ASP.NET']);
  });

  it('keeps its error bodies only with existingResponse PassThrough', async () => {
    const replaced = await (await app()).get('/dante/server.js?status=404');
    expect(replaced.status).toBe(404);
    expect(replaced.headers['content-type']).toMatch(/^text\/html/);
    const kept = await (await app('<httpErrors existingResponse="PassThrough" />')).get('/dante/server.js?status=404');
    expect(kept.status).toBe(404);
    expect(JSON.parse(kept.body).url).toBe('/dante/server.js?status=404');
  });

  it('has its error bodies replaced by the file that httpErrors names', async () => {
    const pages =
      '<httpErrors errorMode="Custom"><remove statusCode="404" /><error statusCode="404" path="lost.htm" /></httpErrors>';
    const { get } = await app(pages, { 'lost.htm': 'lost!', '500.htm': 'not of IIS' });
    expect(await get('/dante/server.js?status=404')).toMatchObject({ status: 404, body: 'lost!' });
    const other = await get('/dante/server.js?status=500');
    expect([other.status, other.body.includes('not of IIS')]).toEqual([500, false]);
  });

  it('answers a client that ended its side of the connection', async () => {
    const { port } = await app();
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    let text = '';
    socket.setEncoding('latin1').on('data', (piece: string) => (text += piece));
    socket.end('GET /dante/server.js HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'end');
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\/dante\/server\.js/);
  });

  it('streams as its handler mapping says in responseBufferLimit', async () => {
    const slow = `
      let next;
      require('node:http').createServer((request, response) => {
        if (request.url.endsWith('?next')) { next(); return response.end(); }
        response.write('one');
        next = () => response.end('two');
      }).listen(process.env.PORT);`;
    const unbuffered = handlers.replace('modules=', 'responseBufferLimit="0" modules=');
    const directory = folderWith({ 'server.js': slow, 'web.config': webConfig(unbuffered) });
    const { get, port } = await serve({ directory, vdirPath: '/' });
    const [response] = await once(http.get({ host: '127.0.0.1', port, path: '/server.js', agent: false }), 'response');
    const pieces: string[] = [];
    response.setEncoding('utf8').on('data', (piece: string) => pieces.push(piece));
    const ended = once(response, 'end');
    await once(response, 'data');
    await get('/server.js?next');
    await ended;
    expect(pieces).toEqual(['one', 'two']);
  });

  it('is what a default document may name', async () => {
    const { get } = await app('<defaultDocument><files><add value="server.js" /></files></defaultDocument>');
    expect(JSON.parse((await get('/dante/')).body).url).toBe('/dante/server.js');
  });

  it('gives its source away where no handler takes it', async () => {
    const { get } = await serve({ directory: folderWith({ 'server.js': script }), vdirPath: '/dante' });
    expect((await get('/dante/server.js')).body).toBe(script);
  });

  it('whose script is missing is 404.0', async () => {
    const { get } = await serve({ directory: folderWith({ 'web.config': config() }), vdirPath: '/dante' });
    expect((await get('/dante/server.js')).code).toBe('404.0');
  });

  it('with settings that iisnode cannot read answers local clients with a page, and emits one event', async () => {
    const { get, events } = await app('', { 'iisnode.yml': 'no colon here\n' });
    const answer = await get('/dante/server.js');
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('unable to read the configuration file iisnode.yml');
    await get('/dante/server.js');
    expect(events.filter(({ code }) => code === 'IISNODE_YML_INVALID')).toEqual([
      expect.objectContaining({ level: 'error', line: 1, file: expect.stringMatching(/iisnode\.yml$/) }),
    ]);
  });

  it('survives a client that goes away in the middle', async () => {
    const { port, get } = await app();
    await get('/dante/server.js');
    await new Promise<void>((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () =>
        socket.write('POST /dante/server.js HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nab', () =>
          socket.resetAndDestroy(),
        ),
      );
      socket.on('error', () => undefined);
      socket.on('close', () => resolve());
    });
    expect((await get('/dante/server.js')).status).toBe(200);
  });
});

describe('closing', () => {
  it('leaves no node process and no connection behind', async () => {
    const { get, host, port } = await app(off);
    const { pid } = JSON.parse((await get('/dante/server.js')).body);
    const socket = net.connect(port, '127.0.0.1', () => socket.write(handshake('/dante/socket.io/')));
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.once('data', resolve));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await host.close();
    await closed;
    expect(processExists(pid)).toBe(false);
  });

  it('answers 503 to what arrives meanwhile, and is not at fault', async () => {
    const { host, port, events } = await app(off);
    const socket = net.connect(port, '127.0.0.1');
    let text = '';
    socket.setEncoding('latin1').on('data', (piece: string) => {
      text += piece;
    });
    socket.write('GET /dante/server.js HTTP/1.1\r\nHost:');
    await request(port, '/'); // by then the host has the beginning
    const closed = host.close();
    socket.write(' x\r\n\r\n');
    await once(socket, 'close');
    await closed;
    expect(text).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
    expect(events).toEqual([]);
  });

  it('cuts requests that hang', async () => {
    const hanging = "require('node:http').createServer(() => {}).listen(process.env.PORT)";
    const directory = folderWith({ 'server.js': hanging, 'web.config': config() });
    const { host, port } = await serve({ directory, vdirPath: '/dante' });
    const sent = http.get({ host: '127.0.0.1', port, path: '/dante/server.js' });
    const failed = new Promise((resolve) => sent.on('error', resolve).on('response', resolve));
    await new Promise((resolve) => sent.once('finish', resolve));
    await host.close();
    await failed;
  });
});
