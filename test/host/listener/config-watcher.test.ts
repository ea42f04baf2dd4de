import { mkdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ConfigWatcher } from '../../../src/host/listener/config-watcher.js';
import { folderWith, put, serve, webConfig } from '../harness.js';

/** A watcher over a fresh folder, and the changes it tells of, each as names relative to the folder. */
function watching(files: Record<string, string> = {}) {
  const folder = folderWith(files);
  const seen: string[][] = [];
  let wake = (): void => undefined;
  const watcher = new ConfigWatcher((changed) => {
    seen.push(changed.map((file) => path.relative(folder, file)));
    wake();
  });
  onTestFinished(() => watcher.close());
  return {
    folder,
    watcher,
    seen,
    at: (name: string) => path.join(folder, name),
    next: async () => {
      while (seen.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      return seen.shift();
    },
  };
}

describe('the watcher of configuration files', () => {
  it('lets requests that wait for a change go on when it cannot be obeyed', async () => {
    const folder = folderWith({ 'web.config': 'one' });
    const file = path.join(folder, 'web.config');
    const watcher = new ConfigWatcher(() => {
      throw new Error('not obeyed');
    });
    onTestFinished(() => watcher.close());
    watcher.reader.read(file);
    writeFileSync(file, 'two');
    const waits = watcher.settled([file])?.then(() => 'goes on');
    expect(() => watcher.check()).toThrow('not obeyed');
    // Before the system can tell of the change, which would let it go on as well.
    expect(await Promise.race([waits, new Promise((resolve) => setImmediate(resolve, 'waits'))])).toBe('goes on');
  });

  it('reports nothing when files were written just before they were read', () => {
    const { watcher, seen, at } = watching({ 'web.config': 'one' });
    watcher.reader.read(at('web.config'));
    watcher.check();
    expect(seen).toEqual([]);
  });

  it('reports another content, also of the same size and time', async () => {
    const { watcher, at, next } = watching({ 'web.config': 'one' });
    watcher.reader.read(at('web.config'));
    const { atime, mtime } = statSync(at('web.config'));
    writeFileSync(at('web.config'), 'two');
    utimesSync(at('web.config'), atime, mtime);
    expect(await next()).toEqual(['web.config']);
  });

  it('does not treat a touched file, or one rewritten with the same content, as a change', () => {
    const { watcher, seen, at } = watching({ 'web.config': 'one' });
    watcher.reader.read(at('web.config'));
    writeFileSync(at('web.config'), 'one');
    utimesSync(at('web.config'), 1, 1);
    watcher.check();
    expect(seen).toEqual([]);
  });

  it('reports a change between two reads, though the last one saw it', () => {
    const { watcher, seen, at } = watching({ 'web.config': 'one' });
    watcher.reader.read(at('web.config'));
    writeFileSync(at('web.config'), 'two');
    watcher.reader.read(at('web.config'));
    watcher.check();
    expect(seen).toEqual([['web.config']]);
  });

  it('sees a file of another spelling, one that appears, and one that goes', async () => {
    const { watcher, at, next } = watching({ 'Web.config': 'one' });
    watcher.reader.read(at('web.config'));
    watcher.add(at('iisnode.yml'));
    writeFileSync(at('Web.config'), 'two');
    expect(await next()).toEqual(['web.config']);
    writeFileSync(at('iisnode.yml'), 'a: b');
    expect(await next()).toEqual(['iisnode.yml']);
    rmSync(at('Web.config'));
    expect(await next()).toEqual(['web.config']);
  });

  it('sees a folder appear, step by step, and a web.config in it', async () => {
    const { watcher, at, next } = watching();
    expect(watcher.reader.isDirectory?.(at('a'))).toBe(false);
    mkdirSync(at('a'));
    expect(await next()).toEqual([]);
    expect(watcher.reader.isDirectory?.(at('a'))).toBe(true);
    watcher.reader.read(at('a/web.config'));
    writeFileSync(at('a/web.config'), 'one');
    expect(await next()).toEqual([path.join('a', 'web.config')]);
  });

  it('sees the file below folders that were not there', async () => {
    const { watcher, seen, at, next } = watching();
    watcher.add(at('a/b/web.config'));
    mkdirSync(at('a'));
    watcher.check(); // the folder alone is no change
    expect(seen).toEqual([]);
    put(at('a'), 'b/web.config', 'one');
    expect(await next()).toEqual([path.join('a', 'b', 'web.config')]);
  });

  it('follows a folder that another one takes the place of', async () => {
    const { watcher, at, next } = watching({ 'app/web.config': 'one', 'new/web.config': 'two' });
    watcher.reader.read(at('app/web.config'));
    renameSync(at('app'), at('old'));
    renameSync(at('new'), at('app'));
    expect(await next()).toEqual([path.join('app', 'web.config')]);
    writeFileSync(at('app/web.config'), 'three');
    expect(await next()).toEqual([path.join('app', 'web.config')]);
  });

  it('checks only files for which the system sent an event', async () => {
    const { watcher, at, next } = watching({ 'a/web.config': 'one', 'b/web.config': 'one' });
    watcher.reader.read(at('a/web.config'));
    watcher.reader.read(at('b/web.config'));
    writeFileSync(at('a/web.config'), 'two');
    expect(await next()).toEqual([path.join('a', 'web.config')]);
  });
});

describe('a change that settles', () => {
  const settling = (files: Record<string, string>) => {
    const all = watching(files);
    const { watcher, at } = all;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    watcher.reader.read(at('web.config'));
    let done = false;
    return {
      ...all,
      wait: () => void watcher.settled([at('web.config')])?.then(() => (done = true)),
      isDone: async () => {
        await Promise.resolve();
        return done;
      },
    };
  };

  it('is reported to waiting callers once it was the same at two checks', async () => {
    const { seen, wait, isDone, at } = settling({ 'web.config': 'one' });
    writeFileSync(at('web.config'), 'tw');
    wait();
    vi.advanceTimersByTime(15);
    writeFileSync(at('web.config'), 'two');
    vi.advanceTimersByTime(15);
    expect([await isDone(), seen]).toEqual([false, []]);
    vi.advanceTimersByTime(15);
    expect([await isDone(), seen]).toEqual([true, [['web.config']]]);
  });

  it('is no change when the file is soon as it was', async () => {
    const { seen, wait, isDone, at } = settling({ 'web.config': 'one' });
    writeFileSync(at('web.config'), '');
    wait();
    vi.advanceTimersByTime(15);
    writeFileSync(at('web.config'), 'one');
    vi.advanceTimersByTime(15);
    expect([await isDone(), seen]).toEqual([true, []]);
  });

  it('is taken as it is when it has not ended after half a second', async () => {
    const { seen, wait, isDone, at } = settling({ 'web.config': 'one' });
    let count = 0;
    const write = (): void => writeFileSync(at('web.config'), String(count++));
    write();
    wait();
    for (let time = 0; time < 480; time += 15) {
      vi.advanceTimersByTime(15);
      write();
    }
    expect([await isDone(), seen]).toEqual([false, []]);
    for (let time = 480; time < 540; time += 15) {
      vi.advanceTimersByTime(15);
      write();
    }
    expect(await isDone()).toBe(true);
    expect(seen[0]).toEqual(['web.config']);
  });

  it('lets no caller wait when the watcher is closed', async () => {
    const { watcher, seen, wait, isDone, at } = settling({ 'web.config': 'one' });
    writeFileSync(at('web.config'), 'two');
    wait();
    watcher.close();
    expect([await isDone(), seen]).toEqual([true, []]);
    expect(watcher.settled([at('web.config')])).toBe(undefined);
  });
});

describe('the host', () => {
  it('does not reload what was written just before it started', async () => {
    const directory = folderWith({ 'web.config': webConfig(''), 'a.txt': 'x' });
    const { get, host, events } = await serve({ directory, vdirPath: '/' });
    expect((await get('/a.txt')).status).toBe(200);
    await host.reload();
    await get('/a.txt');
    await host.reload();
    expect(events).toEqual([]);
  });

  it('does not call a new folder a change of the configuration, yet obeys a web.config in it', async () => {
    const directory = folderWith();
    const { get, host, events } = await serve({ directory, vdirPath: '/' });
    expect((await get('/new/a.txt')).status).toBe(404);
    put(directory, 'new/a.txt', 'x');
    await host.reload();
    expect((await get('/new/a.txt')).status).toBe(200);
    expect(events).toEqual([]);
    put(directory, 'new/web.config', webConfig('<staticContent><remove fileExtension=".txt" /></staticContent>'));
    await host.reload();
    expect((await get('/new/a.txt')).code).toBe('404.3');
    expect(events.map(({ code }) => code)).toEqual(['CONFIG_RELOADED']);
  });
});
