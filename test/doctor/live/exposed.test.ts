import { createServer, type RequestListener } from 'node:http';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { diagnose, type Finding } from '../../../src/doctor/index.js';
import { listen } from '../../probe/listen.js';

const fixtures = path.join(import.meta.dirname, '..', '..', 'fixtures', 'doctor');

type Files = Readonly<Record<string, string | readonly [type: string, body: string]>>;
const page = '<!doctype html><title>app</title><p>hello</p>';

/** A site at /app/ that has these files below it; `other` answers everything else. */
async function site(files: Files, other?: RequestListener): Promise<string> {
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const name = (request.url ?? '').replace(/^\/app\//, '');
    const file = name === '' ? page : files[name];
    if (file === undefined) {
      if (other === undefined) return response.writeHead(404).end('no');
      return other(request, response);
    }
    const [type, body] = typeof file === 'string' ? ['', file] : file;
    response.setHeader('content-type', type || (name === '' ? 'text/html' : 'text/plain')).end(body);
  });
  asked.length = 0;
  return `${await listen(server)}/app/`;
}
const asked: string[] = [];

const exposed = async (url: string): Promise<Finding[]> =>
  (await diagnose(url, { cwd: '/' })).findings.filter(({ rule }) => /EXPOSED/.test(rule));
const codes = async (url: string): Promise<string[]> => (await exposed(url)).map(({ rule }) => rule);

const source = "const express = require('express');\nconst app = express();\napp.listen(process.env.PORT);\n";

describe('files that are not for visitors', () => {
  it.each<readonly [name: string, body: Files[string], code: string, evidence: string]>([
    ['.env', '# settings\nDB_PASSWORD=hunter2\nPORT=3000\n', 'LIVE_SECRETS_EXPOSED', 'DB_PASSWORD=...'],
    ['.git/HEAD', 'ref: refs/heads/main\n', 'LIVE_SECRETS_EXPOSED', 'ref: refs/heads/main'],
    [
      'web.config',
      ['text/xml', '\uFEFF<?xml version="1.0"?>\n<!-- ours -->\n<configuration>\n</configuration>'],
      'LIVE_SECRETS_EXPOSED',
      '<configuration>',
    ],
    ['iisnode.yml', 'node_env: production\n', 'LIVE_PACKAGES_EXPOSED', 'node_env:'],
    [
      'package.json',
      ['application/json', '{\n  "name": "x",\n  "version": "1.2.3"\n}'],
      'LIVE_PACKAGES_EXPOSED',
      '"version": "1.2.3"',
    ],
    [
      'node_modules/.package-lock.json',
      '{ "name": "x", "lockfileVersion": 3',
      'LIVE_PACKAGES_EXPOSED',
      '"lockfileVersion": 3',
    ],
    [
      'node_modules/socket.io/package.json',
      '{ "name": "socket.io", "version": "4.8.1" }',
      'LIVE_PACKAGES_EXPOSED',
      '"name": "socket.io"',
    ],
    ['server.js', source, 'LIVE_SOURCE_EXPOSED', "const express = require('express');"],
    [
      'app.js',
      ['text/javascript', "import http from 'node:http';\n"],
      'LIVE_SOURCE_EXPOSED',
      "import http from 'node:http';",
    ],
    [
      'iisnode/index.html',
      ['text/html', '<script>var logs = [{"file":"WEB1-4242-stderr-1389210982012.txt"}]</script>'],
      'LIVE_LOGS_EXPOSED',
      'WEB1-4242-stderr-1389210982012.txt',
    ],
    ['iisnode/', ['text/html', '<a href="WEB1-7-stdout-138.txt">'], 'LIVE_LOGS_EXPOSED', 'WEB1-7-stdout-138.txt'],
  ])('%s is one, with what shows it', async (name, body, code, evidence) => {
    const url = await site({ [name]: body });
    const [finding, ...others] = await exposed(url);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ rule: code, known: 'live' });
    expect(finding?.message).toContain(`${url}${name} (${evidence})`);
    expect(finding?.message).not.toContain('hunter2');
  });

  it('are none where the app answers everything with its page, or with one text', async () => {
    expect(
      await codes(await site({}, (_request, response) => response.setHeader('content-type', 'text/html').end(page))),
    ).toEqual([]);
    expect(await codes(await site({}, (_request, response) => response.end(page)))).toEqual([]);
    expect(await codes(await site({}, (_request, response) => response.end('status=ok\n')))).toEqual([]);
    expect(await codes(await site({}, (_request, response) => response.end('{ "version": "1" }')))).toEqual([]);
  });

  it.each<readonly [name: string, body: Files[string]]>([
    ['app.js', "const io = window.io();\nio.on('x', () => fetch('/y'));\n"],
    ['index.js', `var a = __webpack_require__(1);\nvar http = require('http');\n`],
    ['server.js', ['text/html', page]],
    ['package.json', '{ "error": "not found" }'],
    ['.env', 'window.config = { a: 1 };\n'],
    ['.env', 'Not found'],
    ['.git/HEAD', 'HEAD'],
    ['web.config', ['text/html', '<html><h1>Server Error</h1>&lt;configuration&gt;</html>']],
    ['iisnode.yml', 'title: a page\n'],
    ['iisnode/index.html', ['text/html', '<title>logs</title>']],
  ])('%s with something else in it is none: %j', async (name, body) => {
    expect(await codes(await site({ [name]: body }))).toEqual([]);
  });

  it('are asked for one by one, a few kilobytes of each, and never what starts the debugger', async () => {
    const url = await site({ '.env': `A=${'x'.repeat(100_000)}` }, (request, response) => {
      const at = request.url ?? '';
      if (/\/debug$/.test(at)) return response.writeHead(301, { location: `${at}/` }).end();
      return response.writeHead(404).end();
    });
    const { findings, live } = await diagnose(url, { cwd: '/' });
    expect(findings.map(({ rule }) => rule)).toEqual(
      expect.arrayContaining(['LIVE_SECRETS_EXPOSED', 'LIVE_DEBUGGER_EXPOSED']),
    );
    expect(asked.filter((each) => /debug\/$/.test(each))).toEqual([]);
    expect(live?.requests.length).toBeLessThan(30);
    expect(live?.requests.length).toBe(asked.length);
  });

  it('have no debugger where a rule adds a slash to every URL', async () => {
    const url = await site({}, (request, response) => response.writeHead(301, { location: `${request.url}/` }).end());
    expect(await codes(url)).toEqual([]);
  });

  it('are not asked for where IIS refuses its configuration, or the site is elsewhere', async () => {
    const refused = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(500).end('<title>IIS 10.0 Detailed Error - 500.19</title><h3>HTTP Error 500.19</h3>');
    });
    const elsewhere = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(302, { location: 'http://www.example.invalid/' }).end();
    });
    asked.length = 0;
    for (const server of [refused, elsewhere]) await diagnose(await listen(server), { cwd: '/' });
    expect(asked.filter((each) => each.includes('.env'))).toEqual([]);
  });
});

it('with the files of the app the scripts of the server are asked for, and the rule that explains it has the finding', async () => {
  const url = await site({ 'lib/start.js': source });
  const { findings } = await diagnose('server-source-exposed', { cwd: fixtures, url });
  const cause = findings.find(({ rule }) => rule === 'SERVER_SOURCE_EXPOSED');
  expect(findings.map(({ rule }) => rule)).not.toContain('LIVE_SOURCE_EXPOSED');
  expect(cause).toMatchObject({ severity: 'error', consequences: [{ rule: 'LIVE_SOURCE_EXPOSED' }] });
});
