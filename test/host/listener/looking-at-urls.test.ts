import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ConfigWatcher } from '../../../src/host/listener/config-watcher.js';
import { folderWith, put, webConfig } from '../harness.js';
import { app, config, handshake, off } from '../iisnode-app.js';

/** URLs below /dante of files, folders, files as folders, and names that lead nowhere. */
const urls = [
  '/',
  '/web.config',
  '/web.config/',
  '/WEB.CONFIG',
  '/Web.config/x',
  '/web.config/web.config',
  '/iisnode.yml',
  '/iisnode.yml/',
  '/iisnode.yml/x',
  '/IISNODE.YML',
  '/server.js',
  '/server.js/x',
  '/server.js/web.config',
  '/server.js/x/iisnode.yml',
  '/package.json/x',
  '/a.txt',
  '/a.txt/web.config',
  '/sub',
  '/sub/',
  '/sub/web.config',
  '/sub/web.config/x',
  '/sub/server.js',
  '/sub/iisnode.yml',
  '/none',
  '/none/server.js',
  '/none/web.config',
  '/none/at/all/web.config',
  '/none/iisnode.yml/server.js',
  '/socket.io/web.config',
  '/socket.io/iisnode.yml',
  `/${'x'.repeat(300)}`,
  `/${'x'.repeat(255)}/server.js`,
  '/x'.repeat(120),
  '/%00/web.config',
  '/web.config%20',
  '/web.config.',
  '/web.config::$DATA',
  '/..%5cweb.config',
  '/%2e%2e/dante/web.config',
  '/aux/con/nul',
  '/%E2%98%83/iisnode.yml',
];

describe('looking at a URL', () => {
  it('is no change of the configuration: nothing is read again, nothing recycled, no socket ends', async () => {
    const files = {
      'iisnode.yml': 'node_env: one\n',
      'a.txt': 'x',
      'sub/web.config': webConfig(''),
      'package.json': '{}',
    };
    const { get, host, port, events } = await app(off, files);
    const first = JSON.parse((await get('/dante/server.js')).body);
    const socket = net.connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.write(handshake('/dante/socket.io/?transport=websocket'));
    await once(socket, 'data');
    for (const url of [...urls, ...urls]) {
      expect((await get(`/dante${url}`)).status, url).toBeGreaterThanOrEqual(200);
      await host.reload();
      const changes = events.filter(({ code }) => code === 'CONFIG_RELOADED' || code === 'RECYCLED');
      expect(changes, url).toEqual([]);
    }
    expect(JSON.parse((await get('/dante/server.js')).body).pid).toBe(first.pid);
    socket.write('still there');
    expect(String((await once(socket, 'data'))[0])).toBe('still there');
  });

  it('does not hide a change that follows', async () => {
    const { get, host, directory } = await app(off, { 'iisnode.yml': 'node_env: one\n' });
    const first = JSON.parse((await get('/dante/server.js')).body);
    for (const url of urls) await get(`/dante${url}`);
    put(directory, 'web.config', config(off).replace('value="/dante"', 'value="/other"'));
    await host.reload();
    const second = JSON.parse((await get('/dante/server.js')).body);
    expect(second.vdir).toBe('/other');
    expect(second.pid).not.toBe(first.pid);
  });
});

describe('what the watcher remembers of names', () => {
  /** As the model looks at a folder: is it there, and its web.config. */
  const lookAt = (watcher: ConfigWatcher, folder: string): void => {
    if (watcher.reader.isDirectory?.(folder)) watcher.reader.read(path.join(folder, 'web.config'));
  };
  const watching = () => {
    const seen: (readonly string[])[] = [];
    const watcher = new ConfigWatcher((changed) => seen.push(changed));
    onTestFinished(() => watcher.close());
    return { watcher, seen };
  };

  it('is limited, however many folders that are there are looked at', () => {
    const folder = folderWith();
    const { watcher, seen } = watching();
    let most = 0;
    for (let index = 0; index < 2_200; index++) {
      mkdirSync(path.join(folder, `f${index}`));
      watcher.settled([]);
      lookAt(watcher, path.join(folder, `f${index}`));
      most = Math.max(most, watcher.watches);
    }
    expect(most).toBeLessThan(1_100);
    // Nothing changed; what was concluded from what is forgotten is to be read anew.
    expect(seen.every((changed) => changed.length === 0)).toBe(true);
    expect(seen.length).toBeGreaterThan(0);
  });

  it('is limited, however many folders that are not there are asked for', () => {
    const folder = folderWith({ 'web.config': 'one' });
    const { watcher, seen } = watching();
    watcher.reader.read(path.join(folder, 'web.config'));
    for (let index = 0; index < 10_000; index++) {
      watcher.settled([]);
      lookAt(watcher, path.join(folder, `none${index}`));
      expect(watcher.watches).toBe(1);
    }
    expect(seen).toEqual([[], []]);
  });

  it('always holds the files that are there, and the absent ones that something depends on', () => {
    const folder = folderWith({ 'web.config': 'one', 'sub/a.txt': 'x' });
    const { watcher, seen } = watching();
    const kept = path.join(folder, 'sub', 'web.config');
    watcher.reader.read(path.join(folder, 'web.config'));
    watcher.reader.read(kept);
    watcher.keep([kept]);
    for (let index = 0; index < 5_000; index++) {
      watcher.settled([]);
      watcher.add(path.join(folder, `none${index}`, 'iisnode.yml'));
    }
    seen.length = 0;
    put(folder, 'web.config', 'two');
    put(folder, 'sub/web.config', 'new');
    watcher.check();
    expect(seen.map((changed) => changed.map((file) => path.relative(folder, file)))).toEqual([
      ['web.config', path.join('sub', 'web.config')],
    ]);
  });
});
