import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../support/free-port.js';
import { folderWith, put, request, webConfig } from './harness.js';
import { app, config, off, script } from './iisnode-app.js';

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

  it('is detected without a signal', async () => {
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

describe('an applicationHost.config of the user', () => {
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
      // An absolute URL names the site, whatever Host says (RFC 9112, 3.2.2).
      const absolute = (name: string) => request(free, `http://${name}/a.txt`, { headers: { host: 'localhost' } });
      expect((await absolute('two.example')).body).toBe('two');
      expect((await absolute('other.example:80')).body).toBe('one');
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
          bindings: [{ protocol: 'http', information: '*:8080:' }],
          applications: [
            { path: '/', physicalPath: folder, pool: 'p' },
            { path: '/dante', physicalPath: path.join(folder, 'app'), pool: 'p', preloadEnabled: true },
          ],
        },
      ],
    });
    put(folder, 'applicationHost.config', text);
    const file = path.join(folder, 'applicationHost.config');
    put(folder, 'app/started.txt', '');
    // Ends of lines: a file that is there with nothing in it, as it is in the middle of an append, has no line yet.
    const lines = (): number => readFileSync(path.join(folder, 'app/started.txt'), 'utf8').split('\n').length - 1;
    const events: string[] = [];
    const host = await startHost({
      loadConfig: serveSite({ directory: folder, vdirPath: '/', applicationHostFile: file }),
      // A port that was free a moment ago may be another program's by now.
      listen: { host: '127.0.0.1', port: 0 },
      onEvent: ({ code, message }) => events.push(`${code} ${message}`),
    });
    onTestFinished(() => host.close());
    await expect.poll(lines, { interval: 5 }).toBe(1);
    await host.recycle('p');
    await expect.poll(lines, { interval: 5 }).toBe(2);
    expect(events).toEqual([]);
  });
});
