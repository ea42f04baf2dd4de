import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Site, type SiteOptions, site } from './harness.js';

let running: Site | undefined;
const open = async (options: Partial<SiteOptions> = {}): Promise<Site> => {
  running = await site({ fixture: 'logs.js', ...options });
  return running;
};
afterEach(() => running?.close());

const logs = (dante: Site, stream: string, folder = 'iisnode'): string[] =>
  readdirSync(path.join(dante.folder, folder))
    .filter((file) => file.includes(`-${stream}-`))
    .sort();
const read = (dante: Site, file = '', folder = 'iisnode'): string =>
  readFileSync(path.join(dante.folder, folder, file), 'utf8');

describe('the logs', () => {
  it('lie in the folder iisnode, which exists from the start; a file appears with the first write to its stream', async () => {
    const dante = await open();
    await dante.get();
    expect(readdirSync(path.join(dante.folder, 'iisnode'))).toEqual([]);
    await dante.get('/?stdout:canto');
    expect(logs(dante, 'stderr')).toEqual([]);
    const [file = ''] = logs(dante, 'stdout');
    expect(file).toMatch(/^DIVINE-\d+-stdout-\d{13}\.txt$/);
    expect(read(dante, file)).toBe('canto');
  });

  it('have CRLF for LF in strings, bytes as they are', async () => {
    const dante = await open();
    await dante.get('/?stdout:one%0Atwo%0D%0A');
    await dante.get('/?bytes:three%0A');
    expect(read(dante, logs(dante, 'stdout')[0])).toBe('one\r\ntwo\r\r\nthree\n');
  });

  it('go to logDirectory, with either separator', async () => {
    const dante = await open({ settings: { logDirectory: 'var\\logs' } });
    await dante.get('/?stderr:oh');
    expect(logs(dante, 'stderr', path.join('var', 'logs'))).toHaveLength(1);
    expect(existsSync(path.join(dante.folder, 'iisnode'))).toBe(false);
  });

  it('start a new file before a write when the old one exceeds maxLogFileSizeInKB', async () => {
    const dante = await open({ settings: { maxLogFileSizeInKB: 1 } });
    await dante.get(`/?stdout:${'a'.repeat(1024)}`);
    await dante.get('/?stdout:b');
    expect(logs(dante, 'stdout'), '1024 bytes do not exceed 1 KiB').toHaveLength(1);
    await dante.get('/?stdout:c');
    expect(logs(dante, 'stdout').map((file) => read(dante, file).length)).toEqual([1025, 1]);
  });

  it('are purged, oldest first, of every file but index.html when there are more than maxLogFiles', async () => {
    const dante = await open({ settings: { maxLogFiles: 2, maxLogFileSizeInKB: 0 } });
    for (const text of ['1', '2', '3', '4', '5']) await dante.get(`/?stdout:${text}`);
    const kept = logs(dante, 'stdout').map((file) => read(dante, file));
    expect(kept).toEqual(['3', '4', '5']);
    writeFileSync(path.join(dante.folder, 'iisnode', 'notes.txt'), 'mine');
    await dante.get('/?stdout:6');
    await dante.get('/?stdout:7');
    await dante.get('/?stdout:8');
    expect(readdirSync(path.join(dante.folder, 'iisnode'))).toContain('index.html');
    expect(readdirSync(path.join(dante.folder, 'iisnode'))).not.toContain('notes.txt');
  });

  it('have an index.html that lists them', async () => {
    const dante = await open();
    await dante.get('/?stdout:a');
    await dante.get('/?stderr:b');
    const json = /var logs = (\[.*\]);/.exec(read(dante, 'index.html'))?.[1] ?? '';
    const listed: { file: string; computername: string; type: string; pid: number; created: number }[] =
      JSON.parse(json);
    expect(listed.map(({ file }) => file).sort()).toEqual([...logs(dante, 'stderr'), ...logs(dante, 'stdout')].sort());
    expect(listed[0]).toMatchObject({ computername: 'DIVINE' });
  });

  it('are not there at all when logging is off', async () => {
    const dante = await open({ settings: { loggingEnabled: false } });
    await dante.get('/?stdout:canto');
    expect(readdirSync(dante.folder)).toEqual(['server.js']);
  });

  it('do not affect the loading of the script: a new write function returns nothing and end() throws', async () => {
    const dante = await open({ fixture: 'log-contract.js' });
    expect(JSON.parse((await dante.get()).text)).toEqual({
      returned: 'undefined',
      calledBack: false,
      threw: 'TypeError',
    });
  });

  it('hold an uncaught exception, after which the process ends with code 1', async () => {
    const dante = await open({ fixture: 'throws-later.js' });
    await dante.get();
    const said = await dante.event('PROCESS_EXITED');
    expect(said.message).toContain('exit code 1');
    expect(said.message).toContain('Error: later');
    expect(read(dante, logs(dante, 'stderr')[0])).toMatch(
      /^Application has thrown an uncaught exception and is terminated:\r\nError: later\r\n/,
    );
  });
});

describe('the developer error page', () => {
  it('says how to turn logging on when it is off', async () => {
    const dante = await open({ fixture: 'crashes-at-start.js', settings: { loggingEnabled: false } });
    expect((await dante.get()).text).toContain('@loggingEnabled');
  });

  it('shows no log above 64 KiB', async () => {
    const dante = await open({ fixture: 'crashes-loudly.js' });
    const { text } = await dante.get();
    expect(text).toContain('No stderr log');
    expect(text.length).toBeLessThan(5000);
  });
});
