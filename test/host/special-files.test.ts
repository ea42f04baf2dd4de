import { renameSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { serveSite } from '../../src/host/index.js';
import { traceUrl } from '../../src/trace/index.js';
import { makePipe, makeSocket } from '../files/folder.js';
import { folderWith, put, serve, webConfig } from './harness.js';

describe.runIf(process.platform !== 'win32')('a named pipe, a socket and a device in the folder of a site', () => {
  const site = async (): Promise<string> => {
    const directory = folderWith({ 'a.txt': 'divin', 'web.config': webConfig('<directoryBrowse enabled="true" />') });
    makePipe(path.join(directory, 'pipe.txt'));
    makePipe(path.join(directory, 'default.htm'));
    await makeSocket(path.join(directory, 'socket.txt'));
    symlinkSync('/dev/zero', path.join(directory, 'zero.txt'));
    symlinkSync('pipe.txt', path.join(directory, 'link.txt'));
    symlinkSync('loop.txt', path.join(directory, 'loop.txt'));
    return directory;
  };
  const names = ['pipe.txt', 'socket.txt', 'zero.txt', 'link.txt', 'loop.txt', 'default.htm'];

  it('are not found, with any request, and all else is answered', async () => {
    const { get } = await serve({ directory: await site(), vdirPath: '/' });
    for (const name of names) {
      expect(await get(`/${name}`), name).toMatchObject({ status: 404, code: '404.0' });
      expect(await get(`/${name}`, { headers: { Range: 'bytes=0-1' } }), name).toMatchObject({ status: 404 });
      expect(await get(`/${name}`, { method: 'HEAD' }), name).toMatchObject({ status: 404 });
    }
    expect(await get('/a.txt')).toMatchObject({ status: 200, body: 'divin' });
  });

  it('are no default document, and are listed with the rest', async () => {
    const { get } = await serve({ directory: await site(), vdirPath: '/' });
    const { status, body } = await get('/');
    expect(status).toBe(200);
    expect(body).toContain('pipe.txt');
  });

  it('are not found for trace either', async () => {
    const directory = await site();
    const model = serveSite({ directory, vdirPath: '/' })();
    for (const name of names) {
      expect(traceUrl({ model, url: `/${name}` }).outcome, name).toMatchObject({
        kind: 'error',
        status: 404,
        subStatus: 0,
      });
    }
  });
});

describe.runIf(process.platform !== 'win32')('a named pipe in place of', () => {
  it('web.config is 500.19 for its folder, with the reason', async () => {
    const directory = folderWith({ 'a.txt': 'divin', 'sub/b.txt': 'divin' });
    makePipe(path.join(directory, 'sub', 'web.config'));
    const { get } = await serve({ directory, vdirPath: '/' });
    const answer = await get('/sub/b.txt');
    expect(answer).toMatchObject({ status: 500, code: '500.19' });
    expect(answer.body).toContain('Cannot read configuration file. It is a named pipe, not a regular file.');
    expect(await get('/a.txt')).toMatchObject({ status: 200, body: 'divin' });
  });

  it('the entry point is 404, as one that is absent: node would wait for it', async () => {
    const handlers = '<handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers>';
    const directory = folderWith({ 'a.txt': 'divin', 'web.config': webConfig(handlers) });
    const { get } = await serve({ directory, vdirPath: '/' });
    const absent = await get('/server.js');
    makePipe(path.join(directory, 'server.js'));
    const { status, code } = await get('/server.js');
    expect({ status, code }).toEqual({ status: absent.status, code: absent.code });
    expect(status).toBe(404);
  });

  it('what IIS does not read, a web.config of more than 250 KB, is 500.19 too', async () => {
    const directory = folderWith({ 'a.txt': 'divin', 'web.config': webConfig('').padEnd(250 * 1024 + 1, ' ') });
    const { get } = await serve({ directory, vdirPath: '/' });
    const answer = await get('/a.txt');
    expect(answer).toMatchObject({ status: 500, code: '500.19' });
    expect(answer.body).toContain('because it exceeds the maximum file size');
  });

  it('an error page of httpErrors is the page of IIS itself', async () => {
    const errors =
      '<httpErrors errorMode="Custom"><remove statusCode="404" /><error statusCode="404" path="gone.htm" responseMode="File" /></httpErrors>';
    const directory = folderWith({ 'web.config': webConfig(errors), 'gone.htm': 'our own' });
    const { get } = await serve({ directory, vdirPath: '/' });
    expect(await get('/none.txt')).toMatchObject({ status: 404, body: 'our own' });
    rmSync(path.join(directory, 'gone.htm'));
    makePipe(path.join(directory, 'gone.htm'));
    const { status, body } = await get('/none.txt');
    expect(status).toBe(404);
    expect(body).toContain('The resource you are looking for');
  });

  it('a file that the client asks a part of, while it is asked for, ends no thread of the host', async () => {
    const directory = folderWith({ 'large.html': 'd'.repeat(200_000), 'a.txt': 'divin' });
    makePipe(path.join(directory, 'pipe'));
    const { get } = await serve({ directory, vdirPath: '/' });
    // More than the pool has threads: were one lost each time, nothing that reads a file would be answered any more.
    for (let round = 0; round < 8; round++) {
      const asked = get('/large.html', { headers: { Range: 'bytes=0-9' } });
      renameSync(path.join(directory, 'large.html'), path.join(directory, 'file'));
      renameSync(path.join(directory, 'pipe'), path.join(directory, 'large.html'));
      expect([206, 404]).toContain((await asked).status);
      expect(await get('/large.html')).toMatchObject({ status: 404 });
      renameSync(path.join(directory, 'large.html'), path.join(directory, 'pipe'));
      renameSync(path.join(directory, 'file'), path.join(directory, 'large.html'));
    }
    put(directory, 'b.html', 'e'.repeat(100_000));
    expect((await get('/b.html')).body).toHaveLength(100_000);
  });
});
