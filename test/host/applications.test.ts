import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { exchange, folderWith, put, request, serve, type TestHost, webConfig } from './harness.js';

/** Answers with what it sees; upgrades echo. */
const script = `
const http = require('node:http');
const server = http.createServer((request, response) => {
  const status = Number(new URL(request.url, 'http://x').searchParams.get('status') || 200);
  response.writeHead(status, { 'Content-Type': 'application/json', 'X-Powered-By': 'node' });
  response.end(JSON.stringify({ pid: process.pid, url: request.url, original: request.headers['x-original-url'], vdir: process.env.VDIR, promoted: request.headers['x-iisnode-app_pool_id'] }));
});
server.on('upgrade', (request, socket) => {
  if (request.url.includes('refuse')) return socket.end('HTTP/1.1 403 Forbidden\\r\\nContent-Length: 2\\r\\nConnection: close\\r\\n\\r\\nno');
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: x\\r\\n\\r\\n');
  socket.pipe(socket);
});
server.listen(process.env.PORT);
`;
const handlers = '<handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers>';
const rules =
  '<rewrite><rules><rule name="socket.io" stopProcessing="true"><match url="^socket\\.io/" /><action type="Rewrite" url="server.js" /></rule></rules></rewrite>';
const config = (more = ''): string =>
  webConfig(`${handlers}${rules}${more}`).replace(
    '<system.webServer>',
    '<appSettings><add key="VDIR" value="/dante" /></appSettings><system.webServer>',
  );
const off = '<webSocket enabled="false" />';

async function app(more = '', files: Record<string, string> = {}): Promise<TestHost & { readonly directory: string }> {
  const directory = folderWith({ 'server.js': script, 'web.config': config(more), ...files });
  return { ...(await serve({ directory, vdirPath: '/dante' })), directory };
}

const handshake = (url: string): string =>
  `GET ${url} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n`;

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

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

  it('with settings iisnode cannot read is told so by a page for local clients, and one event', async () => {
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

describe('an upgrade', () => {
  it('is taken by the WebSocketModule while it is on: 400 without Sec-WebSocket-Accept, polling works, one event', async () => {
    const { port, get, event, events } = await app();
    for (let index = 0; index < 2; index++) {
      const answer = await exchange(port, handshake('/dante/socket.io/?EIO=4&transport=websocket'));
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).not.toMatch(/sec-websocket-accept/i);
    }
    expect(await event('WEBSOCKET_MODULE_ENABLED')).toMatchObject({ level: 'warning' });
    expect(events.filter(({ code }) => code === 'WEBSOCKET_MODULE_ENABLED')).toHaveLength(1);
    expect((await get('/dante/socket.io/?EIO=4&transport=polling')).status).toBe(200);
  });

  it('goes to node when webSocket is not enabled, bytes both ways', async () => {
    const { port } = await app(off);
    const socket = net.connect(port, '127.0.0.1', () => socket.write(`${handshake('/dante/socket.io/')}early `));
    socket.setEncoding('latin1');
    let text = '';
    const until = (wanted: string) =>
      new Promise<void>((resolve) => {
        const look = (): void => {
          if (text.includes(wanted)) resolve();
          else socket.once('data', look);
        };
        look();
      });
    socket.on('data', (piece: string) => {
      text += piece;
    });
    await until('early ');
    socket.write('late');
    await until('late');
    expect(text).toMatch(/^HTTP\/1\.1 101 [\s\S]*\r\n\r\nearly late$/);
    socket.destroy();
  });

  it('gets Server and the custom headers in its 101, and in any other answer of node', async () => {
    const custom = '<httpProtocol><customHeaders><add name="X-A" value="1" /></customHeaders></httpProtocol>';
    const { port } = await app(off + custom);
    const socket = net.connect(port, '127.0.0.1', () => socket.write(handshake('/dante/socket.io/')));
    const [head] = await once(socket, 'data');
    socket.destroy();
    expect(String(head)).toMatch(/^HTTP\/1\.1 101 /);
    expect(String(head)).toMatch(/\r\nServer: Microsoft-IIS\/10\.0\r\nX-A: 1\r\n\r\n$/);
    const refused = await exchange(port, handshake('/dante/socket.io/?refuse'));
    expect(refused).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n[\s\S]*Server: Microsoft-IIS\/10\.0\r\nX-A: 1\r\n/);
  });

  it('of a missing script is answered 404', async () => {
    const { port } = await serve({ directory: folderWith({ 'web.config': config(off) }), vdirPath: '/dante' });
    expect(await exchange(port, handshake('/dante/server.js'))).toMatch(/^HTTP\/1\.1 404 /);
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
    expect(isRunning(pid)).toBe(false);
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

describe('a changed configuration', () => {
  it('holds for the next request, and recycles the application', async () => {
    const { get, host, directory } = await app(off);
    const first = JSON.parse((await get('/dante/server.js')).body);
    put(directory, 'web.config', config(off).replace('value="/dante"', 'value="/other"'));
    await host.reload();
    const second = JSON.parse((await get('/dante/server.js')).body);
    expect(second.vdir).toBe('/other');
    expect(second.pid).not.toBe(first.pid);
  });

  it('is seen without being told', async () => {
    const { get, directory, event } = await app(off);
    await get('/dante/server.js');
    put(directory, 'web.config', '<configuration>');
    await event('CONFIG_RELOADED');
    expect((await get('/dante/server.js')).code).toBe('500.19');
    put(directory, 'web.config', config(off));
    for (;;) if ((await get('/dante/server.js')).status === 200) break;
  });

  it('may be a web.config that was not there before, in a folder that was not there either', async () => {
    const { get, directory, event } = await app(off);
    expect((await get('/dante/new/folder/a.txt')).status).toBe(404);
    put(directory, 'new/folder/a.txt', 'x');
    put(directory, 'new/web.config', webConfig('<staticContent><remove fileExtension=".txt" /></staticContent>'));
    await event('CONFIG_RELOADED');
    expect((await get('/dante/new/folder/a.txt')).code).toBe('404.3');
  });

  it('of iisnode.yml holds too', async () => {
    const { get, host, directory } = await app('', { 'iisnode.yml': 'node_env: one\n' });
    expect((await get('/dante/server.js')).status).toBe(200);
    put(directory, 'iisnode.yml', 'bad line\n');
    await host.reload();
    expect((await get('/dante/server.js')).body).toContain('iisnode.yml');
  });
});

describe('an applicationHost.config of one’s own', () => {
  it('is served as it is: sites by port and host name, stopped pools with 503', async () => {
    const { serveSite, startHost } = await import('../../src/host/index.js');
    const { applicationHostText } = await import('../../src/config/index.js');
    const folder = folderWith({ 'one/a.txt': 'one', 'two/a.txt': 'two' });
    const free = await freePort();
    const site = (name: string, id: number, host: string) => ({
      name,
      id,
      bindings: [{ protocol: 'http', information: `*:${free}:${host}` }],
      applications: [{ path: '/', physicalPath: path.join(folder, name), pool: name }],
    });
    const text = applicationHostText({
      sites: [site('one', 1, ''), site('two', 2, 'two.example')],
      pools: ['one', 'two'].map((name) => ({ name })),
    });
    put(folder, 'applicationHost.config', text);
    const file = path.join(folder, 'applicationHost.config');
    const host = await startHost({
      loadConfig: serveSite({ directory: folder, vdirPath: '/', applicationHostFile: file }),
    });
    try {
      const ask = (name: string) => request(free, '/a.txt', { headers: { host: name } });
      expect((await ask('localhost')).body).toBe('one');
      expect((await ask('two.example')).body).toBe('two');
      await host.setState('apppool', 'two', false);
      expect((await ask('two.example')).status).toBe(503);
      await host.setState('site', 'one', false);
      expect((await ask('localhost')).body).toContain('Invalid Hostname');
      await host.setState('site', 'one', true);
      put(folder, 'applicationHost.config', readFileSync(file, 'utf8').replace('<configSections', '<nonsense'));
      await host.reload();
      expect((await ask('localhost')).code).toBe('500.19');
      put(folder, 'applicationHost.config', text);
      await host.reload();
      expect((await ask('localhost')).body).toBe('one');
    } finally {
      await host.close();
    }
  });
});

describe('preloadEnabled', () => {
  it('starts node before the first visitor, and again after a recycle', async () => {
    const { serveSite, startHost } = await import('../../src/host/index.js');
    const { applicationHostText } = await import('../../src/config/index.js');
    const started = "require('node:fs').appendFileSync(__dirname + '/started.txt', process.pid + '\\n');";
    const folder = folderWith({
      'app/server.js': `${started}${script}`,
      'app/web.config': config('<defaultDocument><files><add value="server.js" /></files></defaultDocument>'),
    });
    const text = applicationHostText({
      unlocked: true,
      pools: [{ name: 'p' }],
      sites: [
        {
          name: 'one',
          id: 1,
          bindings: [{ protocol: 'http', information: `*:${await freePort()}:` }],
          applications: [
            { path: '/', physicalPath: folder, pool: 'p' },
            { path: '/dante', physicalPath: path.join(folder, 'app'), pool: 'p', preloadEnabled: true },
          ],
        },
      ],
    });
    put(folder, 'applicationHost.config', text);
    const file = path.join(folder, 'applicationHost.config');
    const lines = (): number => {
      try {
        return readFileSync(path.join(folder, 'app/started.txt'), 'utf8').trim().split('\n').length;
      } catch {
        return 0;
      }
    };
    const until = async (count: number): Promise<void> => {
      while (lines() < count) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    const host = await startHost({
      loadConfig: serveSite({ directory: folder, vdirPath: '/', applicationHostFile: file }),
    });
    onTestFinished(() => host.close());
    await until(1);
    await host.recycle('p');
    await until(2);
    expect(lines()).toBe(2);
  });
});

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
