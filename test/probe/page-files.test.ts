import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { type ProbeReport, probeApp } from '../../src/probe/index.js';
import { listen } from './listen.js';

type Files = Readonly<Record<string, string | readonly [type: string, body: string]>>;
const types: Readonly<Record<string, string>> = { js: 'text/javascript', mjs: 'text/javascript', css: 'text/css' };

/** A site of these files, and what was asked of it. */
async function site(files: Files, otherwise = 404): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    asked.push(url);
    const file = files[url.replace(/\?.*/, '')];
    const [type, body] =
      typeof file === 'string' ? [types[/\.(\w+)(\?|$)/.exec(url)?.[1] ?? ''] ?? 'text/html', file] : (file ?? []);
    if (type !== undefined) return response.setHeader('content-type', type).end(body);
    return response.writeHead(otherwise, { 'content-type': 'text/html' }).end('<h1>nothing</h1>');
  });
  return { url: await listen(server), asked };
}
const missing = ({ steps }: ProbeReport) =>
  (steps[0]?.missing ?? []).map(({ address, line, seen }) => [address, line, seen]);

describe('the files of a page', () => {
  it('are fetched, those of its own host; each that does not come is named with its line', async () => {
    const page = `<!doctype html>
      <link rel="stylesheet" href="/style.css">
      <link rel="icon" href="icon.png"><link rel="preload" as="script" href="later.js">
      <!-- <script src="old.js"></script> -->
      <noscript><img src="pixel.gif"></noscript>
      <script>document.write('<script src="written.js"><\\/script>')</script>
      <script src="https://elsewhere.invalid/x.js"></script>
      <script type="text/x-template" src="template.js"></script>
      <script nomodule src="old-browsers.js"></script>
      <script src="a.js?v=1&amp;w=2"></script><script src=/app.js></script>
      <img alt="" src='logo.png'><img src="data:image/gif;base64,R0"><img src="{{user}}.png">`;
    const { url, asked } = await site({ '/chat/': page, '/chat/a.js': 'let a' });
    const report = await probeApp(`${url}/chat/`);
    expect(missing(report).sort()).toEqual([
      ['/app.js', 10, 'HTTP 404'],
      ['/style.css', 2, 'HTTP 404'],
      ['logo.png', 11, 'HTTP 404'],
    ]);
    expect(asked).toContain('/chat/a.js?v=1&w=2');
    expect(asked.filter((one) => /icon|later|old|pixel|written|template|R0|user/.test(one))).toEqual([]);
    expect(report.steps[0]).toMatchObject({
      ok: false,
      files: 4,
      symptom: 'file-missing',
      seen: expect.stringMatching(/^text\/html, .*, 4 files; 3 are missing$/),
      why: expect.stringContaining('the script /app.js (line 10 of the page): HTTP 404'),
      next: expect.stringContaining("an address that begins with / is the site's"),
    });
  });

  it('that are images are not needed: the page is right, with a note', async () => {
    const { url } = await site({ '/': '<img src="logo.png">' });
    const report = await probeApp(url);
    expect(report.ok).toBe(true);
    expect(report.steps[0]).toMatchObject({ ok: true, note: 'the image logo.png (line 1 of the page): HTTP 404' });
  });

  it('are relative to the base of the page, and to a module where it imports them', async () => {
    const page =
      '<base href="/static/">\n<script type="module">import "./main.mjs";</script><link rel=stylesheet href=s.css>';
    const files = { '/app/': page, '/static/main.mjs': "\nimport { x } from './lib/x.js';", '/static/s.css': 'a{}' };
    const { url, asked } = await site(files);
    const report = await probeApp(`${url}/app/`);
    expect(asked.filter((one) => one.startsWith('/static/')).sort()).toEqual([
      '/static/lib/x.js',
      '/static/main.mjs',
      '/static/s.css',
    ]);
    expect(missing(report)).toEqual([['./lib/x.js', 2, 'HTTP 404']]);
    expect(report.steps[0]?.why).toBe('the script ./lib/x.js (main.mjs:2): HTTP 404');
  });

  it("at the visitor's own machine do not come", async () => {
    const { url } = await site({ '/': '<script src="http://localhost:3000/app.js"></script>' });
    expect(missing(await probeApp(url))).toEqual([['http://localhost:3000/app.js', 1, "on the visitor's own machine"]]);
    const client = await site({ '/': '<script src="//localhost:3000/socket.io/socket.io.js"></script>' });
    const { steps } = await probeApp(client.url);
    expect(steps.find(({ id }) => id === 'client-script')).toMatchObject({ ok: false, symptom: 'localhost' });
  });

  it('that come as an HTML page do not come: a catch-all answers for them', async () => {
    const { url } = await site({ '/': '<script src="app.js"></script><link rel="stylesheet" href="s.css">' }, 200);
    expect(missing(await probeApp(url))).toEqual([
      ['app.js', 1, 'an HTML page in its place'],
      ['s.css', 1, 'an HTML page in its place'],
    ]);
  });

  it('are bounded: a page of thousands is not fetched whole', async () => {
    const page = Array.from({ length: 3_000 }, (_, index) => `<img src="${index}.png">`).join('\n');
    const { url, asked } = await site({ '/': page });
    await probeApp(url);
    expect(asked.filter((one) => one.endsWith('.png'))).toHaveLength(80);
  });

  it('that are large or never end are read in part', async () => {
    const server = createServer(({ url }, response) => {
      if (url === '/')
        return response.setHeader('content-type', 'text/html').end('<img src="a.png"><script src="b.js"></script>');
      response.writeHead(200, { 'content-type': url === '/a.png' ? 'image/png' : 'text/javascript' });
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, 32))) {}
      };
      response.on('drain', more);
      return more();
    });
    expect((await probeApp(await listen(server))).ok).toBe(true);
  });
});
