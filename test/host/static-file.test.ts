import path from 'node:path';
import { expect, it } from 'vitest';
import { statOf } from '../../src/host/request/disk.js';
import { folderWith, put, serve, webConfig } from './harness.js';

const names = ['accept-ranges', 'last-modified', 'content-type', 'etag', 'cache-control', 'content-length'];

it('a small file has the head a large one has, and the head of a HEAD request', async () => {
  const directory = folderWith({
    'web.config': webConfig(
      '<staticContent><clientCache cacheControlMode="UseMaxAge" cacheControlMaxAge="00:01:00" /></staticContent>',
    ),
    'small.html': 'divin',
    'large.html': 'd'.repeat(64 * 1024 + 1),
    'empty.html': '',
  });
  const { get } = await serve({ directory, vdirPath: '/' });
  const small = await get('/small.html');
  const large = await get('/large.html');
  expect({ status: small.status, body: small.body }).toEqual({ status: 200, body: 'divin' });
  expect(large.body).toHaveLength(64 * 1024 + 1);
  expect(Object.keys(small.headers).sort()).toEqual(Object.keys(large.headers).sort());
  for (const name of names) expect(small.headers, name).toHaveProperty(name);
  expect(small.headers).toMatchObject({
    'cache-control': 'max-age=60',
    'content-length': '5',
    'accept-ranges': 'bytes',
  });
  const head = await get('/small.html', { method: 'HEAD' });
  const { date: _one, ...told } = head.headers;
  const { date: _two, ...wanted } = small.headers;
  expect({ body: head.body, headers: told }).toEqual({ body: '', headers: wanted });
  expect(await get('/empty.html')).toMatchObject({ status: 200, body: '', headers: { 'content-length': '0' } });
});

it('a part of a small file, and one that is known already, are answered as such', async () => {
  const { get } = await serve({ directory: folderWith({ 'a.txt': 'divine' }), vdirPath: '/' });
  const { headers } = await get('/a.txt');
  const etag = headers.etag ?? '';
  expect(await get('/a.txt', { headers: { Range: 'bytes=1-2' } })).toMatchObject({ status: 206, body: 'iv' });
  expect(await get('/a.txt', { headers: { 'If-None-Match': etag } })).toMatchObject({ status: 304, body: '' });
  expect(await get('/a.txt', { headers: { 'If-Modified-Since': String(headers['last-modified']) } })).toMatchObject({
    status: 304,
  });
});

it('one turn of the event loop looks at a file once; the next one sees what has changed', async () => {
  const directory = folderWith();
  const file = path.join(directory, 'a.txt');
  expect(statOf(file)).toBeUndefined();
  put(directory, 'a.txt', 'divin');
  expect(statOf(file)).toBeUndefined();
  await new Promise((resolve) => setImmediate(resolve));
  expect(statOf(file)?.size).toBe(5);
});

it.each(['a.txt', 'large.html'])('%s has no ETag where clientCache says setEtag="false"', async (name) => {
  const directory = folderWith({
    'web.config': webConfig('<staticContent><clientCache setEtag="false" /></staticContent>'),
    'a.txt': 'divin',
    'large.html': 'd'.repeat(64 * 1024 + 1),
  });
  const { get } = await serve({ directory, vdirPath: '/' });
  const { status, headers } = await get(`/${name}`);
  expect(status).toBe(200);
  expect(headers).not.toHaveProperty('etag');
});
