import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { fingerprint, WatchFailed, watchFiles } from '../../../src/host/backend/watched-files.js';
import { watchEntries } from '../../../src/host/iisnode/watch-entries.js';
import { isAlive, request, type Site, type SiteOptions, site, until } from './harness.js';

let running: Site | undefined;
const open = async (options: SiteOptions): Promise<Site> => {
  running = await site(options);
  return running;
};
afterEach(() => running?.close());

/** Asks until another process answers. */
async function changed(dante: Site, from: string): Promise<string> {
  let text = from;
  await until(async () => {
    text = (await dante.get()).text;
    return text !== from;
  });
  return text;
}

describe('recycling', () => {
  it('happens with the next request after a watched file beside the script changed, and says so', async () => {
    const dante = await open({ fixture: 'slow.js' });
    const first = (await dante.get()).text;
    writeFileSync(path.join(dante.folder, 'other.js'), '// new');
    await changed(dante, first);
    await until(() => !isAlive(Number(first)));
    expect(dante.events.map(({ code, level }) => [code, level])).toEqual([['RECYCLED', 'info']]);
    expect(dante.events[0]?.message).toContain('*.js changed');
  });

  it('does not stop anything before the next request', async () => {
    const dante = await open({ fixture: 'tells-pipe.js' });
    const { pid, pipe } = JSON.parse((await dante.get()).text);
    dante.module.configChanged();
    // Past the host, on its own pipe, the process answers as before.
    for (let count = 0; count < 3; count += 1) {
      expect(JSON.parse((await request(0, { socketPath: pipe })).text).pid).toBe(pid);
    }
    expect(JSON.parse((await dante.get()).text).pid).not.toBe(pid);
  });

  it('takes iisnode.yml when it appears, by default', async () => {
    const dante = await open({ fixture: 'slow.js' });
    const first = (await dante.get()).text;
    writeFileSync(path.join(dante.folder, 'iisnode.yml'), 'loggingEnabled: true');
    await changed(dante, first);
  });

  it('lets active requests finish on the old process', async () => {
    const dante = await open({ fixture: 'slow.js' });
    const old = (await dante.get()).text;
    const slow = dante.get('/?file=go');
    await until(() => dante.seen() === 2);
    dante.module.configChanged();
    expect((await dante.get()).text).not.toBe(old);
    expect(isAlive(Number(old))).toBe(true);
    writeFileSync(path.join(dante.folder, 'go'), '');
    expect((await slow).text).toBe(old);
    await until(() => !isAlive(Number(old)));
  });

  it.each([0, 100])('kills the old process after gracefulShutdownTimeout %i ms', async (gracefulShutdownTimeout) => {
    const dante = await open({ fixture: 'slow.js', settings: { gracefulShutdownTimeout, devErrorsEnabled: false } });
    const old = (await dante.get()).text;
    const slow = dante.get('/?60000');
    await until(() => dante.seen() === 2);
    dante.module.configChanged();
    expect((await dante.get()).text).not.toBe(old);
    expect((await slow).text).toBe('500.1013');
    await until(() => !isAlive(Number(old)));
    expect(dante.events.map(({ code }) => code)).not.toContain('PROCESS_EXITED');
  });

  it.each([
    [undefined, true],
    ['MACHINE/WEBROOT/APPHOST/Default Web Site', true],
    ['MACHINE/WEBROOT/APPHOST/Default Web Site/dante', true],
    ['MACHINE/WEBROOT/APPHOST/Default Web Site/dante/images', false],
    ['MACHINE/WEBROOT/APPHOST/Other', false],
    ['MACHINE/WEBROOT', false],
    ['MACHINE', false],
  ])('a configuration change at %s concerns the application: %s', async (changedPath, recycles) => {
    const dante = await open({ fixture: 'slow.js' });
    const first = (await dante.get()).text;
    dante.module.configChanged(changedPath);
    expect((await dante.get()).text !== first).toBe(recycles);
  });

  it('fails every request with 500.1000 when the parent of a watched folder is missing', async () => {
    const dante = await open({ fixture: 'slow.js', settings: { watchedFiles: 'no\\such\\*.js' } });
    expect((await dante.get()).text).toBe('500.1000');
    expect(dante.failures[0]?.win32).toBe(3);
  });

  it('of the whole worker is what a script asks for with IISNODE_CONTROL_PIPE', async () => {
    const dante = await open({ fixture: 'control.js', settings: { recycleSignalEnabled: true } });
    const first = (await dante.get()).text;
    await expect(dante.get('/?recycle')).rejects.toThrow();
    expect(await changed(dante, first)).toMatch(/^\d+$/);
  });
});

describe('watchedFiles', () => {
  const folder = path.join('site', 'dante');

  it('is split at ; without trimming; folders are relative to the script; web.config and empty entries are left out', () => {
    expect(
      watchEntries('*.js;iisnode.yml;;lib\\;node_modules\\a\\*.js; x.js;web.config;my-Web.Config', folder),
    ).toEqual([
      { folder, file: '*.js', wildcard: true },
      { folder, file: 'iisnode.yml', wildcard: false },
      { folder: path.join(folder, 'node_modules', 'a'), file: '*.js', wildcard: true },
      { folder, file: ' x.js', wildcard: false },
    ]);
  });

  it.each(['..\\x.js', '.\\x.js', 'C:\\x.js', '\\x.js', 'a\\..\\x.js'])('%s is inert', (entry) => {
    expect(watchEntries(entry, folder)).toEqual([]);
  });

  it('a pattern is not recursive, matches in any case, and reacts to edits, additions and removals', async () => {
    const dante = await open({ fixture: 'slow.js' });
    const seen: string[] = [];
    const entries = watchEntries('*.js;data.txt;missing\\*.js', dante.folder);
    const watching = watchFiles(entries, (file) => seen.push(file));
    const file = path.join(dante.folder, 'UPPER.JS');
    for (const [step, change] of [
      () => writeFileSync(file, '1'),
      () => utimesSync(file, 1, 1),
      () => rmSync(file),
    ].entries()) {
      change();
      await until(() => seen.length > step && seen.at(-1) === '*.js');
      seen.length = step + 1;
      seen.fill('*.js');
    }
    const [pattern] = entries;
    const before = pattern && fingerprint(pattern);
    mkdirSync(path.join(dante.folder, 'sub.js'));
    writeFileSync(path.join(dante.folder, 'sub.js', 'deep.js'), '');
    expect(pattern && fingerprint(pattern)).toBe(before);
    watching.close();
  });

  it('a folder whose parent is missing throws', () => {
    expect(() => watchFiles(watchEntries('a\\b\\*.js', '/no/such'), () => undefined)).toThrow(WatchFailed);
  });

  it('a folder with a name that no disk can have counts as missing', () => {
    const long = 'a'.repeat(300);
    watchFiles(watchEntries(`${long}\\*.js`, tmpdir()), () => undefined).close();
    expect(() => watchFiles(watchEntries(`${long}\\b\\*.js`, tmpdir()), () => undefined)).toThrow(WatchFailed);
  });
});
