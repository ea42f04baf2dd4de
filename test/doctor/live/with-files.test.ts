import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Server as SocketServer } from 'socket.io';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type DoctorReport, diagnose, reporters, waterfall } from '../../../src/doctor/index.js';
import { listen } from '../../probe/listen.js';

const fixtures = path.join(import.meta.dirname, '..', '..', 'fixtures', 'doctor');
const inFolder = (name: string, url: string, options = {}): Promise<DoctorReport> =>
  diagnose(name, { cwd: fixtures, url, ...options });

/** Lines are as wide as the terminal. */
const inOneLine = (text: string): string => text.replace(/\s+/g, ' ');

/** A page with socket.io over polling. */
async function pollingApp(): Promise<string> {
  const server = createServer((_request, response) => {
    response
      .setHeader('content-type', 'text/html')
      .setHeader('server', 'Microsoft-IIS/10.0')
      .end('<script src="socket.io/socket.io.js"></script><script>io()</script>');
  });
  const io = new SocketServer(server, { transports: ['polling'] });
  onTestFinished(() => io.close());
  return `${await listen(server)}/`;
}

/** Everything is a 500 of IIS, as it is where web.config cannot be read. */
const refused = (code: string): Promise<string> =>
  listen(
    createServer((_request, response) => {
      response.writeHead(500).end(`<title>IIS 10.0 Detailed Error - ${code}</title><h3>HTTP Error ${code}</h3>`);
    }),
  );

describe('files and the live site together', () => {
  it('a live symptom is below the finding of the file that explains it, and not reported again', async () => {
    const { findings, live, target } = await inFolder('duplicate-handler', await refused('500.19'));
    expect(findings.map(({ rule, known }) => [rule, known])).toEqual([['DUPLICATE_ENTRY', 'file']]);
    expect(findings[0]?.consequences).toMatchObject([{ rule: 'LIVE_PAGE_FAILS', known: 'live' }]);
    expect(target).toBe('duplicate-handler');
    expect(live?.requests.length).toBe(1);
  });

  it('a symptom that no file explains stays a finding, seen live', async () => {
    const { findings } = await inFolder('everything-right', await refused('500.19'));
    expect(findings.map(({ rule, known }) => [rule, known])).toEqual([['LIVE_PAGE_FAILS', 'live']]);
  });

  it('a crash that the page shows is explained by what the sources say', async () => {
    const page =
      '<p>iisnode encountered an error</p>HRESULT: 0x2<br>HTTP status: 500<br>HTTP subStatus: 1002<pre></pre><pre>Error: listen EADDRINUSE: address already in use :::3000</pre>';
    const url = await listen(createServer((_request, response) => response.end(page)));
    const { findings } = await inFolder('port-fixed', url);
    expect(findings.map(({ rule }) => rule)).toEqual(['FIXED_PORT']);
    expect(findings[0]?.consequences).toMatchObject([{ rule: 'LIVE_PAGE_FAILS' }]);
  });

  it('what a page of another origin gets is explained by the sources', async () => {
    const { findings } = await inFolder('cors-not-for-sockets', await pollingApp(), { origin: 'https://a.example' });
    expect(findings.map(({ rule }) => rule)).toEqual(['CORS_NOT_FOR_SOCKETS']);
    expect(findings[0]?.consequences).toMatchObject([{ rule: 'LIVE_CORS_REFUSED', known: 'live' }]);
  });

  it('a URL without the folder is looked at alone where there is no app', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'live-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const url = await refused('500.19');
    const { target, findings } = await diagnose('.', { cwd: folder, isDefault: true, url });
    expect([target, findings.length]).toEqual([url, 1]);
    cpSync(path.join(fixtures, 'duplicate-handler'), folder, { recursive: true });
    expect((await diagnose('.', { cwd: folder, isDefault: true, url })).target).toBe('.');
  });

  it.each([
    ['http://127.0.0.1:1/', 'http://127.0.0.1:2/', 'TWO_URLS'],
    ['everything-right', '127.0.0.1/dante', 'BAD_URL'],
    ['everything-right', 'http://', 'BAD_URL'],
  ])('%s with --url %s is a usage error', async (target, url, code) => {
    await expect(diagnose(target, { cwd: fixtures, url })).rejects.toMatchObject({ code, exitCode: 2 });
  });
});

describe('what was asked', () => {
  it('is counted, timed and named, with what serves the site', async () => {
    const url = await pollingApp();
    const report = await diagnose(url, { cwd: '/' });
    const { live } = report;
    expect(live?.servedBy).toContain('Microsoft-IIS/10.0');
    expect(live?.otherHosts).toEqual([]);
    expect(live?.connections).toMatchObject([{ origin: new URL(url).origin, address: '127.0.0.1' }]);
    const [page, ...others] = live?.requests ?? [];
    expect(page).toMatchObject({
      method: 'GET',
      url,
      status: 200,
      startedAt: expect.any(Number),
      ms: expect.any(Number),
    });
    expect(others.map(({ method }) => method)).toContain('POST');
    const text = inOneLine(reporters.text(report));
    expect(text).toMatch(/served by: Microsoft-IIS\/10\.0/);
    expect(text).toContain(`asked: ${live?.requests.length} requests (address 127.0.0.1), `);
    expect(text).toMatch(/read; no other host was asked/);
    if (live === undefined) throw new Error('no look');
    const lines = waterfall(live).trimEnd().split('\n');
    expect(lines).toHaveLength(live.requests.length + 2);
    expect(lines[2]).toMatch(new RegExp(`^ +\\d+ +\\d+ +\\d+ {2}200 GET {5}${url} {2}\\d+ B$`));
  });

  it('another host that a page sends its clients to is named', async () => {
    const service = await listen(createServer((_request, response) => response.writeHead(403).end()));
    const elsewhere = service.replace('127.0.0.1', 'localhost');
    const server = createServer((_request, response) => {
      response
        .setHeader('content-type', 'text/html')
        .end(
          `<script data-adapter="azure" data-endpoint="${elsewhere}" data-path="/clients"></script><script>io()</script>`,
        );
    });
    const report = await diagnose(await listen(server), { cwd: '/' });
    expect(report.live?.otherHosts).toEqual([new URL(elsewhere).host]);
    expect(inOneLine(reporters.text(report))).toContain(`; also asked: ${new URL(elsewhere).host}`);
  });
});

it('a redirect of page and sockets to one other host is one note', async () => {
  const url = await listen(
    createServer(({ url: asked }, response) => {
      response.writeHead(302, { location: `http://www.example.invalid${asked}` }).end();
    }),
  );
  const { findings } = await diagnose(url, { cwd: fixtures });
  const notes = findings.filter(({ rule }) => rule === 'LIVE_NOTE').map(({ message }) => message);
  expect(notes).toEqual([expect.stringContaining('leads to another host, http://www.example.invalid, which')]);
});
