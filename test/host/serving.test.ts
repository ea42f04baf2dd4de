import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { applicationHostText, type HostApplication } from '../../src/config/index.js';
import { folderWith, put, serve, webConfig } from './harness.js';

const site = (files: Record<string, string | Buffer>, more = {}) =>
  serve({ directory: folderWith(files), vdirPath: '/', ...more });

/** With an applicationHost.config of its own. */
function own(directory: string, applications: readonly HostApplication[], edit = (text: string): string => text) {
  const bindings = [{ protocol: 'http', information: '*:80:' }];
  const text = applicationHostText({ pools: [], sites: [{ name: 'one', id: 1, bindings, applications }] });
  put(directory, 'applicationHost.config', edit(text));
  const applicationHostFile = path.join(directory, 'applicationHost.config');
  return serve({ directory, vdirPath: '/', applicationHostFile });
}

describe('static files', () => {
  it('are served with the MIME map, ETag and Last-Modified, as Microsoft-IIS/10.0', async () => {
    const { get } = await site({ 'a.js': 'x', 'b.JSON': '{}' });
    const answer = await get('/a.js');
    expect(answer).toMatchObject({ status: 200, body: 'x' });
    expect(answer.headers).toMatchObject({ 'content-type': 'application/javascript', server: 'Microsoft-IIS/10.0' });
    expect(answer.headers.etag).toMatch(/^"[0-9a-f]+:0"$/);
    expect(answer.headers['last-modified']).toBeDefined();
    expect(answer.headers['cache-control']).toBeUndefined();
    expect((await get('/b.JSON')).headers['content-type']).toBe('application/json');
  });

  it('without a MIME map are 404.3', async () => {
    const { get } = await site({ 'a.mjs': 'x', 'b.webp': '', LICENSE: '' });
    for (const name of ['/a.mjs', '/b.webp', '/LICENSE']) {
      const answer = await get(name);
      expect(answer.status).toBe(404);
      expect(answer.code).toBe('404.3');
    }
  });

  it('honour ranges and If-None-Match', async () => {
    const { get } = await site({ 'a.txt': '0123456789' });
    const part = await get('/a.txt', { headers: { range: 'bytes=2-4' } });
    expect(part).toMatchObject({ status: 206, body: '234' });
    const { headers } = await get('/a.txt');
    expect((await get('/a.txt', { headers: { 'if-none-match': String(headers.etag) } })).status).toBe(304);
    expect((await get('/a.txt', { headers: { range: 'bytes=50-' } })).status).toBe(416);
  });

  it('answer HEAD without a body, POST with 405, and OPTIONS', async () => {
    const { get } = await site({ 'a.txt': 'abc' });
    const head = await get('/a.txt', { method: 'HEAD' });
    expect(head).toMatchObject({ status: 200, body: '' });
    expect(head.headers['content-length']).toBe('3');
    expect((await get('/a.txt', { method: 'POST' })).status).toBe(405);
    expect((await get('/gone.txt', { method: 'POST' })).status).toBe(405);
    expect((await get('/a.txt', { method: 'OPTIONS' })).headers.allow).toContain('GET');
  });

  it('that are missing are 404.0, by StaticFile', async () => {
    const { get } = await site({});
    const answer = await get('/gone.txt');
    expect(answer.status).toBe(404);
    expect(answer.code).toBe('404.0');
    expect(answer.body).toContain('StaticFile');
  });

  it('take names with blanks, percent signs and beyond ASCII', async () => {
    const { get } = await site({ 'a b#ü%.txt': 'x' });
    expect((await get('/a%20b%23%C3%BC%25.txt')).body).toBe('x');
  });

  it('cannot be reached outside of the site', async () => {
    const { get } = await site({ 'a.txt': 'x' });
    for (const path of ['/../../../etc/hostname', '/..%2f..%2f..%2fetc/hostname', '/%2e%2e/%2e%2e/etc/hostname']) {
      expect([400, 404]).toContain((await get(path)).status);
    }
  });

  it('stream large bodies', async () => {
    const big = Buffer.alloc(5_000_000, 'x');
    const { get } = await site({ 'big.txt': big });
    expect((await get('/big.txt')).body.length).toBe(big.length);
  });
});

describe('folders', () => {
  it('get their default document as a child request', async () => {
    const { get } = await site({ 'index.html': 'home', 'sub/Default.htm': 'sub' });
    expect((await get('/')).body).toBe('home');
    expect((await get('/sub/?x=1')).body).toBe('sub');
  });

  it('without a slash are redirected to their own URL, query kept', async () => {
    const { get } = await site({ 'sub/index.html': 'x' });
    const answer = await get('/sub?a=b');
    expect(answer.status).toBe(301);
    expect(answer.headers.location).toBe('/sub/?a=b');
  });

  it('without a default document are 403.14, or listed where directoryBrowse is on', async () => {
    const browse = webConfig('<directoryBrowse enabled="true" />');
    const { get } = await site({ 'shut/a.txt': '', 'open/web.config': browse, 'open/<b>.txt': '' });
    const shut = await get('/shut/');
    expect(shut.status).toBe(403);
    expect(shut.code).toBe('403.14');
    const open = await get('/open/');
    expect(open.status).toBe(200);
    expect(open.body).toContain('&#60;b&#62;.txt');
  });

  it('take the default documents of a web.config before the inherited ones', async () => {
    const config = webConfig('<defaultDocument><files><add value="first.htm" /></files></defaultDocument>');
    const { get } = await site({ 'web.config': config, 'first.htm': 'first', 'index.html': 'index' });
    expect((await get('/')).body).toBe('first');
  });
});

describe('configuration', () => {
  it('hides web.config: 404.8', async () => {
    const { get } = await site({ 'web.config': webConfig(''), 'a/b.txt': '' });
    expect((await get('/web.config')).code).toBe('404.8');
    expect((await get('/a/WEB.config')).code).toBe('404.8');
  });

  it('filters the URL as sent: 404.11 and 404.14', async () => {
    const { get } = await site({});
    expect((await get('/a%252e')).code).toBe('404.11');
    expect((await get('/a+b')).code).toBe('404.11');
    expect((await get(`/${Array(20).fill('a'.repeat(220)).join('/')}`)).code).toBe('404.14');
  });

  it('may allow fewer segments for a site: 404.20', async () => {
    const folder = folderWith({ 'a/b/c.txt': 'c', 'a/b.txt': 'b' });
    const { get } = await own(folder, [{ path: '/', physicalPath: folder }], (text) =>
      text.replace('<bindings>', '<limits maxUrlSegments="2" /><bindings>'),
    );
    expect((await get('/a/b.txt')).body).toBe('b');
    expect((await get('/a/b/c.txt')).code).toBe('404.20');
  });

  it('that names a missing folder is 500.19 with 0x80070003 for URLs below it', async () => {
    const folder = folderWith({ 'a.txt': 'a' });
    const { get } = await own(folder, [
      { path: '/', physicalPath: folder },
      { path: '/gone', physicalPath: path.join(folder, 'gone') },
      { path: '/file', physicalPath: path.join(folder, 'a.txt') },
    ]);
    expect((await get('/a.txt')).body).toBe('a');
    const gone = await get('/gone/a.txt');
    expect([gone.code, gone.body.includes('0x80070003')]).toEqual(['500.19', true]);
    expect(gone.body).toContain('Cannot read configuration file');
    const file = await get('/file/');
    expect([file.code, file.body.includes('0x8007010b')]).toEqual(['500.19', true]);
  });

  it('that removes a locked module is 500.19 without endy URL', async () => {
    const { get } = await site({ 'web.config': webConfig('<modules><clear /></modules>'), 'a.txt': '' });
    const answer = await get('/a.txt');
    expect(answer.code).toBe('500.19');
    expect(answer.body).toContain('Lock violation');
    expect(answer.body).toContain('0x80070021');
  });

  it.each([
    ['a file of 6 MB', 'exceeds the maximum file size', '<'.repeat(6_000_000)],
    ['one line of 240 KB', 'not well-formed', '<'.repeat(240_000)],
    [
      'long lines around the fault',
      'not well-formed',
      `<configuration>\n<!--${'x'.repeat(100_000)}-->\n<\n<!--${'y'.repeat(100_000)}`,
    ],
    [
      'a name of 200 KB',
      'The configuration section',
      `<configuration><system.webServer><${'n'.repeat(200_000)} /></system.webServer></configuration>`,
    ],
    ['a value of 200 KB', 'HTTP Error 500.19', webConfig(`<handlers accessPolicy="${'v'.repeat(200_000)}" />`)],
  ])('of %s gives a page of a few KB, and a short event', async (_, said, text) => {
    const { get, events } = await site({ 'a/web.config': text, 'a/x.txt': '' });
    const { code, body } = await get('/a/x.txt');
    expect([code, body.includes(said)], body.slice(0, 2000)).toEqual(['500.19', true]);
    expect(body.length).toBeLessThan(16_384);
    const messages = events.filter((event) => event.code === 'CONFIG_ERROR').map(({ message }) => message.length);
    expect(messages).toEqual([expect.any(Number)]);
    expect(Math.max(...messages)).toBeLessThan(1000);
  });

  it('that is not well-formed is 500.19 without endything below it, with file and line, and one event', async () => {
    const { get, events } = await site({
      'a/web.config': '<configuration>\n<oops\n</configuration>',
      'a/x.txt': '',
      'y.txt': 'y',
    });
    const answer = await get('/a/x.txt');
    expect(answer.status).toBe(500);
    expect(answer.body).toContain('HTTP Error 500.19 - Internal Server Error');
    expect(answer.body).toContain('0x8007000d');
    expect(answer.body).toMatch(/Config File.*web\.config/);
    expect(answer.body).toContain('Config Source');
    await get('/a/other.txt');
    const said = events.filter(({ code }) => code === 'CONFIG_ERROR');
    expect(said).toHaveLength(1);
    expect(said[0]?.file).toMatch(/web\.config$/);
    expect((await get('/y.txt')).body).toBe('y');
  });

  it('adds the custom headers of httpProtocol to every answer, errors included', async () => {
    const config = webConfig(
      '<httpProtocol><customHeaders><add name="X-A" value="1" /></customHeaders></httpProtocol>',
    );
    const { get } = await site({ 'web.config': config, 'a.txt': '' });
    expect((await get('/a.txt')).headers['x-a']).toBe('1');
    expect((await get('/gone.txt')).headers['x-a']).toBe('1');
  });

  it('warns once, with file and line, of a section that is not emulated', async () => {
    const config = webConfig('<caching enabled="false" />');
    const { get, event, events } = await site({ 'web.config': config, 'a.txt': '' });
    await get('/a.txt');
    await get('/a.txt');
    expect(await event('SECTION_NOT_EMULATED')).toMatchObject({ level: 'warning', line: 4 });
    expect(events.filter(({ code }) => code === 'SECTION_NOT_EMULATED')).toHaveLength(1);
  });

  it('gives a handler without an emulated module 500.21, and one event', async () => {
    const config = webConfig('<handlers><add name="lost" path="*.js" verb="*" /></handlers>');
    const { get, events } = await site({ 'web.config': config, 'a.js': '' });
    expect((await get('/a.js')).code).toBe('500.21');
    await get('/a.js');
    expect(events).toEqual([
      {
        level: 'error',
        code: 'REQUEST_FAILED',
        message: expect.stringMatching(/^HTTP 500\.21 for \/a\.js: Handler "lost" has a bad module/),
        file: expect.stringMatching(/web\.config$/),
        line: 4,
      },
    ]);
  });

  it('gives a rule with a broken pattern 500.50, and one event with its place', async () => {
    const rule = '<rule name="r"><match url="(" /><action type="Rewrite" url="b" /></rule>';
    const { get, events } = await site({ 'web.config': webConfig(`<rewrite><rules>\n${rule}</rules></rewrite>`) });
    expect((await get('/a')).code).toBe('500.50');
    expect(events).toMatchObject([{ code: 'REQUEST_FAILED', line: 5, message: expect.stringContaining('500.50') }]);
  });

  it('says what is wrong with XML that is not well-formed', async () => {
    const { get, events } = await site({ 'web.config': '<configuration>\n<system.webServer>\n</configuration>' });
    const { body } = await get('/');
    expect(body).toMatch(/not well-formed XML: .*system\.webServer/);
    expect(events).toMatchObject([
      { code: 'CONFIG_ERROR', message: expect.stringMatching(/well-formed XML: .*system/) },
    ]);
  });

  it('answers with the page of httpErrors in errorMode Custom, keeping the status', async () => {
    const config = webConfig(
      '<httpErrors errorMode="Custom"><remove statusCode="404" /><error statusCode="404" path="/lost.htm" responseMode="ExecuteURL" /></httpErrors>',
    );
    const { get } = await site({ 'web.config': config, 'lost.htm': 'lost!' });
    expect(await get('/gone')).toMatchObject({ status: 404, body: 'lost!' });
  });
});

describe('URL Rewrite', () => {
  const rules = (inner: string): string => webConfig(`<rewrite><rules>${inner}</rules></rewrite>`);

  it('rewrites before the handler is chosen, and request filtering does not see the result', async () => {
    const config = rules(
      '<rule name="r"><match url="^secret$" /><action type="Rewrite" url="hidden/a.txt" /></rule>',
    ).replace(
      '<rewrite>',
      '<security><requestFiltering><hiddenSegments><add segment="hidden" /></hiddenSegments></requestFiltering></security><rewrite>',
    );
    const { get } = await site({ 'web.config': config, 'hidden/a.txt': 'inside' });
    expect((await get('/secret')).body).toBe('inside');
    expect((await get('/hidden/a.txt')).code).toBe('404.8');
  });

  it('redirects', async () => {
    const { get } = await site({
      'web.config': rules(
        '<rule name="r"><match url="^old$" /><action type="Redirect" url="new" redirectType="Found" /></rule>',
      ),
    });
    const answer = await get('/old?x=1');
    expect(answer.status).toBe(302);
    expect(answer.headers.location).toMatch(/\/new\?x=1$/);
  });

  it('read the headers of a request under any name, repeated ones joined', async () => {
    const { get } = await site({
      'web.config': rules(
        '<rule name="r"><match url="^h$" /><action type="Redirect" url="{HTTP_CONSTRUCTOR}/{HTTP_X_A}" /></rule>',
      ),
    });
    const { headers } = await get('/h', {
      headers: Object.fromEntries([
        ['Constructor', 'mine'],
        ['X-A', ['1', '2']],
      ]),
    });
    expect(headers.location).toMatch(/\/mine\/1,%202$/);
  });

  it('answers custom responses and cuts aborted requests off', async () => {
    const { get } = await site({
      'web.config': rules(
        '<rule name="a"><match url="^gone$" /><action type="CustomResponse" statusCode="410" statusReason="Gone" statusDescription="no more" /></rule>' +
          '<rule name="b"><match url="^abort$" /><action type="AbortRequest" /></rule>',
      ),
    });
    expect(await get('/gone')).toMatchObject({ status: 410, reason: 'Gone' });
    await expect(get('/abort')).rejects.toThrow(/hang up|ECONNRESET/);
  });
});

describe('applications', () => {
  it('are at their vdir path; the site around them is empty', async () => {
    const { get } = await serve({
      directory: folderWith({ 'a.txt': 'dante' }),
      vdirPath: '/dante',
      apps: [{ path: '/chat', directory: folderWith({ 'a.txt': 'chat' }) }],
    });
    expect((await get('/dante/a.txt')).body).toBe('dante');
    expect((await get('/Dante/a.txt')).body).toBe('dante');
    expect((await get('/chat/a.txt')).body).toBe('chat');
    expect((await get('/a.txt')).status).toBe(404);
    expect((await get('/dante')).status).toBe(301);
  });
});
