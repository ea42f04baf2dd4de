import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { afterEach, describe, expect, it } from 'vitest';
import { type PackedApp, packApp, zipApp } from '../../src/pack/index.js';
import { temporaryDirectory } from '../appcmd/temporary.js';

const zone = process.env.TZ;
afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

function appWith(files: Readonly<Record<string, string>>): string {
  const directory = temporaryDirectory();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    writeFileSync(path.join(directory, name), content);
  }
  return directory;
}

const pack = (directory: string): Promise<PackedApp> =>
  packApp({ directory, target: { platform: 'win32', arch: 'x64' } });

async function zipped(app: PackedApp): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of zipApp(app).parts) parts.push(part);
  return Buffer.concat(parts);
}

/** Of an entry's local header, as in MS-DOS: date and time (APPNOTE.txt 4.3.7). */
const timeOf = (zip: Buffer, name: string): number => zip.readUInt32LE(zip.indexOf(name) - 30 + 10);

const files = {
  'web.config': '<configuration/>',
  'server.js': 'one',
  'public/größe.css': 'body {}',
  empty: '',
  'poem.txt': 'Nel mezzo del cammin '.repeat(50_000),
};

describe('a zip package', () => {
  it('has the files of the app at its root, with forward slashes', async () => {
    const zip = await zipped(await pack(appWith(files)));
    const found = Object.entries(unzipSync(zip)).map(([name, content]) => [name, Buffer.from(content).toString()]);
    expect(Object.fromEntries(found)).toEqual(files);
    expect(zip.length).toBeLessThan(files['poem.txt'].length / 10);
  });

  it('has the same bytes for the same files, on another day and in another time zone', async () => {
    process.env.TZ = 'Pacific/Apia';
    const one = await zipped(await pack(appWith(files)));
    process.env.TZ = 'Europe/Berlin';
    const other = await zipped(await pack(appWith(files)));
    expect(other.equals(one)).toBe(true);
  });

  it('gives a changed file of the same size another time, since Kudu copies what differs in its time', async () => {
    const [one, other] = [
      await zipped(await pack(appWith(files))),
      await zipped(await pack(appWith({ ...files, 'server.js': 'two' }))),
    ];
    expect(timeOf(other, 'server.js')).not.toBe(timeOf(one, 'server.js'));
    expect(timeOf(other, 'web.config')).toBe(timeOf(one, 'web.config'));
  });

  it('ends with the mark by which it is known', async () => {
    const app = await pack(appWith(files));
    const zip = await zipped(app);
    const { mark } = zipApp(app);
    expect(mark).toBe(`iisnode-sock sha256:${app.hash}`);
    expect(zip.subarray(-22 - mark.length, -22).toString()).toBe(mark);
  });

  it('is not made of a file that has changed since it was hashed', async () => {
    const directory = appWith(files);
    const app = await pack(directory);
    appendFileSync(path.join(directory, 'server.js'), '!');
    await expect(zipped(app)).rejects.toMatchObject({ code: 'APP_CHANGED', exit: 'refused' });
  });

  it('is refused for more files than a zip file can have', () => {
    const file = { path: 'a', size: 0, mtimeMs: 0, sha256: '' };
    const app = { files: Array(65_536).fill(file), sources: new Map(), size: 0, hash: '' };
    expect(() => zipApp(app)).toThrow(expect.objectContaining({ code: 'ZIP_TOO_LARGE' }));
  });

  it('ends with the reason of a signal', async () => {
    const app = await pack(appWith(files));
    const { parts } = zipApp(app, AbortSignal.abort(new Error('Ctrl-C')));
    await expect(parts.next()).rejects.toThrow('Ctrl-C');
  });
});
