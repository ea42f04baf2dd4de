import { describe, expect, it } from 'vitest';
import { folderWith, serve, type TestHost, webConfig } from './harness.js';

const handlers = '<handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers>';
const script = `
require('node:http').createServer((request, response) => {
  const url = new URL(request.url, 'http://x');
  response.setHeader('Set-Cookie', ['a=1', 'b=2']);
  response.setHeader('X-Powered-By', 'node');
  const type = url.searchParams.get('type') ?? 'text/html';
  if (url.searchParams.has('gzip')) response.setHeader('Content-Encoding', 'gzip');
  response.writeHead(Number(url.searchParams.get('status') ?? 200), { 'Content-Type': type });
  response.write('<a href="http://inside/é');
  response.end('/x">http://inside/</a>');
}).listen(process.env.PORT);
`;
const rule = (name: string, match: string, value: string, more = ''): string =>
  `<rule name="${name}"${more}><match ${match} /><action type="Rewrite" value="${value}" /></rule>`;
const noPoweredBy = rule('powered', 'serverVariable="RESPONSE_X_POWERED_BY" pattern=".+"', '');
const links = rule('links', 'filterByTags="A" pattern="^http://inside/(.*)"', '/outside/{R:1}');

const served = (rules: string, files: Record<string, string> = {}, more = ''): Promise<TestHost> =>
  serve({
    directory: folderWith({
      'server.js': script,
      'a.html': '<a href="http://inside/1">1</a>',
      'web.config': webConfig(`${handlers}<rewrite><outboundRules>${rules}</outboundRules></rewrite>${more}`),
      ...files,
    }),
    vdirPath: '/',
  });

const cookies = (raw: readonly string[]): string[] => raw.filter((_, index) => raw[index - 1] === 'Set-Cookie');

describe('outbound rules', () => {
  it('change, remove and add headers of what node answers, and leave the others as they were', async () => {
    const added = rule('added', 'serverVariable="RESPONSE_X_NEW" pattern=".*"', 'of {HTTP_HOST}');
    const { get, port, events } = await served(noPoweredBy + added);
    const { headers, raw, body } = await get('/server.js', { headers: { host: 'h' } });
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).toMatchObject({ 'x-new': 'of h', server: 'Microsoft-IIS/10.0', 'content-type': 'text/html' });
    expect(cookies(raw)).toEqual(['a=1', 'b=2']);
    expect(body).toBe('<a href="http://inside/é/x">http://inside/</a>');
    expect(events).toEqual([]);
    expect(port).toBeGreaterThan(0);
  });

  it('see what IIS itself adds: the Server header may go', async () => {
    const { get } = await served(rule('server', 'serverVariable="RESPONSE_Server" pattern=".+"', ''));
    for (const url of ['/a.html', '/gone.html', '/server.js'])
      expect((await get(url)).headers).not.toHaveProperty('server');
  });

  it('rewrite links in tags, of node and of files, with the new length', async () => {
    const { get } = await served(links);
    const dynamic = await get('/server.js');
    expect(dynamic.body).toBe('<a href="/outside/é/x">http://inside/</a>');
    expect(dynamic.headers['content-length']).toBe(String(Buffer.byteLength(dynamic.body)));
    expect(cookies(dynamic.raw)).toEqual(['a=1', 'b=2']);
    const file = await get('/a.html');
    expect(file).toMatchObject({ status: 200, body: '<a href="/outside/1">1</a>' });
    expect((await get('/a.html', { method: 'HEAD' })).body).toBe('');
    expect((await get('/gone.html')).code).toBe('404.0');
  });

  it('do not change bodies that are not text, and streams of events', async () => {
    const { get } = await served(links);
    for (const type of ['image/png', 'text/event-stream'])
      expect((await get(`/server.js?type=${type}`)).body).toContain('href="http://inside/');
  });

  it('look at responses their preCondition holds for', async () => {
    const conditions =
      '<preConditions><preCondition name="html"><add input="{RESPONSE_CONTENT_TYPE}" pattern="^text/html" /></preCondition></preConditions>';
    const { get } = await served(rule('body', 'pattern="inside"', 'outside', ' preCondition="html"') + conditions);
    expect((await get('/server.js')).body).toBe('<a href="http://outside/é/x">http://outside/</a>');
    expect((await get('/server.js?type=text/plain')).body).toContain('inside');
  });

  it('that meet an encoded body answer 500.52, and say so', async () => {
    const { get, events } = await served(links);
    const { status, code, headers } = await get('/server.js?gzip');
    expect({ status, code }).toEqual({ status: 500, code: '500.52' });
    expect(headers).not.toHaveProperty('content-encoding');
    expect(events).toMatchObject([{ code: 'REQUEST_FAILED', line: 4, message: expect.stringContaining('500.52') }]);
  });

  it('that cannot be compiled answer 500.52', async () => {
    const { get } = await served(rule('broken', 'serverVariable="RESPONSE_X" pattern="("', ''));
    expect((await get('/a.html')).code).toBe('500.52');
    expect((await get('/server.js')).code).toBe('500.52');
  });

  it('hold below the web.config that has them, and go with it', async () => {
    const nested = webConfig(`<rewrite><outboundRules>${links}</outboundRules></rewrite>`);
    const { get } = await served('', { 'sub/web.config': nested, 'sub/a.html': '<a href="http://inside/1">1</a>' });
    expect((await get('/sub/a.html')).body).toContain('/outside/1');
    expect((await get('/a.html')).body).toContain('inside');
  });
});
