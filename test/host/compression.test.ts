import { utimesSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { applicationHostText } from '../../src/config/index.js';
import { serveSite } from '../../src/host/index.js';
import { traceUrl } from '../../src/trace/index.js';
import { folderWith, put, serve, webConfig } from './harness.js';
import { handlers } from './iisnode-app.js';

/** Answers as the query says; a stream ends when its second request says so. */
const script = `
let stream;
require('node:http').createServer((request, response) => {
  const { searchParams: asked } = new URL(request.url, 'http://x');
  if (asked.has('end')) { stream.end('data: 2\\n\\n'); return response.end('ended'); }
  response.setHeader('Content-Type', asked.get('type') ?? 'text/plain');
  if (asked.has('control')) response.setHeader('Cache-Control', asked.get('control'));
  if (asked.has('vary')) response.setHeader('Vary', 'Origin');
  if (asked.has('encoded')) response.setHeader('Content-Encoding', 'br');
  if (asked.has('stream')) { stream = response; return response.write('data: 1\\n\\n'); }
  response.statusCode = Number(asked.get('status') ?? 200);
  const body = 'a'.repeat(Number(asked.get('size') ?? 1000));
  if (!asked.has('chunked')) response.setHeader('Content-Length', body.length);
  response.end(body);
}).listen(process.env.PORT);`;

async function compressing(sections = '', module = 'DynamicCompressionModule') {
  const directory = folderWith({
    'server.js': script,
    'web.config': webConfig(`${handlers}<iisnode flushResponse="true" />${sections}`),
    'a.html': 'static'.repeat(1000),
  });
  const bindings = [{ protocol: 'http', information: '*:80:' }];
  const applications = [{ path: '/', physicalPath: directory }];
  const text = applicationHostText({
    unlocked: true,
    pools: [],
    sites: [{ name: 's', id: 1, bindings, applications }],
  });
  const period = '<serverRuntime frequentHitTimePeriod="01:00:00" />';
  put(
    directory,
    'host.config',
    text.replace('</modules>', `<add name="${module}" /></modules>`).replace(/<serverRuntime[^>]*\/>/, period),
  );
  const site = { directory, vdirPath: '/', applicationHostFile: path.join(directory, 'host.config') };
  const host = await serve(site);
  const trace = (url: string) => traceUrl({ model: serveSite({ ...site, environment: {} })(), url });
  return { ...host, trace, directory };
}

/** The answer as its bytes. */
function ask(port: number, url: string, headers: http.OutgoingHttpHeaders, method = 'GET') {
  return new Promise<{ headers: http.IncomingHttpHeaders; body: Buffer }>((resolve, reject) => {
    const sent = http.request({ host: '127.0.0.1', port, path: url, method, headers, agent: false }, (answer) => {
      const pieces: Buffer[] = [];
      answer.on('data', (piece: Buffer) => pieces.push(piece)).on('error', reject);
      answer.on('end', () => resolve({ headers: answer.headers, body: Buffer.concat(pieces) }));
    });
    sent.on('error', reject).end();
  });
}

const gzip = { 'Accept-Encoding': 'gzip, deflate, br' };

describe('the DynamicCompressionModule, where it is installed', () => {
  it('compresses what its types name, for clients that accept it', async () => {
    const { port, trace } = await compressing();
    const rows: readonly (readonly [url: string, headers: http.OutgoingHttpHeaders, compressed: boolean])[] = [
      ['/server.js', gzip, true],
      ['/server.js?chunked&vary', gzip, true],
      ['/server.js?size=400000', gzip, true],
      ['/server.js?type=application/javascript', gzip, true],
      ['/server.js?type=text/html;charset=utf-8', { 'Accept-Encoding': '*' }, true],
      ['/server.js?type=application/json', gzip, false],
      ['/server.js?type=image/png', gzip, false],
      ['/server.js?control=no-transform', gzip, false],
      ['/server.js?encoded', gzip, false],
      ['/server.js?status=206', gzip, false],
      ['/server.js', {}, false],
      ['/server.js', { 'Accept-Encoding': 'gzip;q=0, br' }, false],
      ['/server.js', { ...gzip, Via: '1.1 proxy' }, false],
      ['/server.js', { ...gzip, Range: 'bytes=0-9' }, false],
      ['/a.html', gzip, false],
    ];
    for (const [url, headers, compressed] of rows) {
      const answer = await ask(port, url, headers);
      const about = `${url} ${JSON.stringify(headers)}`;
      expect(answer.headers['content-encoding'] === 'gzip', about).toBe(compressed);
      expect(answer.headers['content-length'] === undefined, about).toBe(compressed);
      if (!compressed) continue;
      const size = Number(new URL(url, 'http://x').searchParams.get('size') ?? 1000);
      expect(gunzipSync(answer.body).toString(), about).toBe('a'.repeat(size));
      expect(answer.headers.vary, about).toBe(url.includes('vary') ? 'Origin, Accept-Encoding' : 'Accept-Encoding');
    }
    expect((await ask(port, '/server.js', gzip, 'HEAD')).headers['content-encoding']).toBeUndefined();
    expect(trace('/server.js').steps.at(-1)).toMatchObject({ stage: 'compression' });
    expect(trace('/a.html').steps.map(({ stage }) => stage)).not.toContain('compression');
  });

  it('holds a stream back until its end, and says so', async () => {
    const { port, event } = await compressing();
    const stream = ask(port, '/server.js?stream&type=text/event-stream', gzip);
    expect((await event('STREAM_COMPRESSED')).message).toContain('no-transform');
    const first = await Promise.race([stream.then(() => 'stream'), ask(port, '/server.js', {}).then(() => 'other')]);
    expect(first).toBe('other');
    await ask(port, '/server.js?end', {});
    expect(gunzipSync((await stream).body).toString()).toBe('data: 1\n\ndata: 2\n\n');
  });

  it.each([
    ['by doDynamicCompression', '<urlCompression doDynamicCompression="false" />', 'DynamicCompressionModule'],
    ['without the module', '', 'TracingModule'],
  ])('does nothing where it is off %s', async (_how, section, module) => {
    const { port, trace } = await compressing(section, module);
    expect((await ask(port, '/server.js', gzip)).headers['content-encoding']).toBeUndefined();
    expect(trace('/server.js').steps.map(({ stage }) => stage)).not.toContain('compression');
  });
});

describe('the StaticCompressionModule', () => {
  const page = 'static'.repeat(1000);
  const second = async (port: number, url: string, headers: http.OutgoingHttpHeaders = gzip) => {
    await ask(port, url, headers);
    return ask(port, url, headers);
  };

  it('compresses a file from its second request on', async () => {
    const { port } = await compressing();
    const first = await ask(port, '/a.html', gzip);
    expect([first.headers['content-encoding'], first.headers['content-length']]).toEqual([undefined, '6000']);
    const then = await ask(port, '/a.html', gzip);
    expect(then.headers).toMatchObject({
      'content-encoding': 'gzip',
      vary: 'Accept-Encoding',
      etag: first.headers.etag,
    });
    expect(then.body.length).toBeLessThan(300);
    expect(gunzipSync(then.body).toString()).toBe(page);
    expect((await ask(port, '/a.html', {})).body.toString()).toBe(page);
    for (const headers of [
      { ...gzip, Via: '1.1 proxy' },
      { ...gzip, Range: 'bytes=0-9' },
    ])
      expect((await ask(port, '/a.html', headers)).headers['content-encoding']).toBeUndefined();
    expect((await ask(port, '/a.html', gzip, 'HEAD')).headers['content-encoding']).toBeUndefined();
    const unchanged = await ask(port, '/a.html', { ...gzip, 'If-None-Match': String(first.headers.etag) });
    expect([unchanged.headers['content-encoding'], unchanged.body.length]).toEqual([undefined, 0]);
  });

  it('leaves small files and other types as they are; large ones arrive whole; a changed file is counted again', async () => {
    const { port, directory } = await compressing();
    const files = { 'small.html': 2699, 'edge.html': 2700, 'a.png': 9000, 'large.txt': 3_000_000, 'a.js': 4000 };
    for (const [name, size] of Object.entries(files)) put(directory, name, 'x'.repeat(size));
    const compressed: string[] = [];
    for (const [name, size] of Object.entries(files)) {
      const { headers, body } = await second(port, `/${name}`);
      const isGzip = headers['content-encoding'] === 'gzip';
      if (isGzip) compressed.push(name);
      expect((isGzip ? gunzipSync(body) : body).toString(), name).toBe('x'.repeat(size));
    }
    expect(compressed.sort()).toEqual(['a.js', 'edge.html', 'large.txt']);
    const file = path.join(directory, 'edge.html');
    utimesSync(file, new Date(), new Date(Date.UTC(2020, 1, 1)));
    expect((await ask(port, '/edge.html', gzip)).headers['content-encoding']).toBeUndefined();
  });

  it.each<[what: string, sections: string, onFirst: boolean, onSecond: boolean]>([
    ['doStaticCompression is false', '<urlCompression doStaticCompression="false" />', false, false],
    ['the number of requests is ignored', '<httpCompression staticCompressionIgnoreHitFrequency="true" />', true, true],
    ['files have to be larger', '<httpCompression minFileSizeForComp="6001" />', false, false],
    ['its type is taken out', '<httpCompression><staticTypes><clear /></staticTypes></httpCompression>', false, false],
  ])('obeys where %s', async (_what, sections, ...wanted) => {
    const { port } = await compressing(sections);
    const seen: boolean[] = [];
    for (let time = 0; time < 2; time++)
      seen.push((await ask(port, '/a.html', gzip)).headers['content-encoding'] === 'gzip');
    expect(seen).toEqual(wanted);
  });
});
