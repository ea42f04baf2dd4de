import { createServer, type ServerResponse } from 'node:http';
import { Server as SocketServer } from 'socket.io';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ProbeStep, probeApp } from '../../src/probe/index.js';
import { listen } from './listen.js';

const code = 'io()';
const client = '<script src="/socket.io/socket.io.js"></script>';
const files: Readonly<Record<string, string>> = {
  '/app.js': code,
  '/ready.js': "document.addEventListener('DOMContentLoaded', () => io())",
};

type ProbeOptions = NonNullable<Parameters<typeof probeApp>[1]>;

interface Made extends ProbeOptions {
  readonly type?: string;
  /** After the page's text: what the server does with it; nothing by default. */
  readonly after?: (response: ServerResponse) => void;
  /** For / nothing is ever answered. */
  readonly isSilent?: boolean;
  /** For all other URLs, too. */
  readonly isDeaf?: boolean;
}

/** The first step of the look at a server whose page never ends. */
async function pageOf(
  page: string,
  { type = 'text/html', after, isSilent, isDeaf, ...options }: Made = {},
): Promise<ProbeStep> {
  const server = createServer(({ url = '' }, response) => {
    if (url === '/' && !isSilent) {
      response.writeHead(200, { 'content-type': type }).write(page);
      return after?.(response);
    }
    if (url === '/' || isDeaf) return;
    const file = files[url];
    response.writeHead(file === undefined ? 404 : 200, { 'content-type': 'text/javascript' }).end(file ?? 'no');
  });
  const io = new SocketServer(server);
  onTestFinished(() => io.close());
  const url = await listen(server);
  const { steps } = await probeApp(url, { timeout: 1_000, eventTimeout: 1, ...options });
  expect(steps.slice(1).filter(({ ok }) => !ok)).toEqual([]);
  return steps[0] ?? expect.fail('no page was asked for');
}

describe('a page that stops and is never ended', () => {
  it.each([
    [
      'a deferred script',
      `${client}<script defer src="app.js"></script><p>here</p></html>`,
      'app.js (line 1 of the page)',
    ],
    ['a module', `<p>\n<script type="module">import '/app.js'</script></html>`, 'the script in line 2 of the page'],
    ['a module of a file', `<script type=module src="/app.js"></script>`, '/app.js'],
    [
      'code that waits for the page',
      `${client}<script>\nwindow.addEventListener("DOMContentLoaded", start)</script>`,
      'line 2 of the page',
    ],
    ['code that waits for all of it', `${client}<script>onload = () => io()</script>`, 'line 1 of the page'],
    ['code of jQuery', `${client}<script>$(function () { io() })</script>`, 'line 1 of the page'],
    ['older code of jQuery', `${client}<script>$(document).ready(() => io())</script>`, 'line 1 of the page'],
    ['code of a file that waits', `${client}<script src="ready.js"></script>`, 'ready.js:1'],
    ['a script that is not closed', `${client}<p>\n<script>io();`, 'the script in line 2 of the page'],
  ])('is a fault where %s never runs', async (_what, page, who) => {
    const found = await pageOf(page);
    expect(found).toMatchObject({ ok: false, status: 200, symptom: 'page-never-ends', unfinished: { after: '1 s' } });
    expect(found.why).toContain(who);
    expect(found.next).toContain('end');
  });

  it.each([
    ['all its code runs', `${client}<script>io()</script><p>here</p></body></html>`, {}],
    ['a script runs as soon as it has come', `${client}<script async type="module">io()</script>`, {}],
    ['the script that waits is of another host', '<script defer src="https://other.example/a.js"></script>', {}],
  ] as const)('is reported, and no fault, where %s', async (_what, page, made) => {
    const found = await pageOf(page, made);
    expect(found).toMatchObject({ ok: true, unfinished: { after: '1 s' } });
    expect(found.note).toContain('it had not ended after 1 s');
  });

  it.each<[string, string, Made]>([
    [
      'goes on',
      `<script defer src="app.js"></script>`,
      {
        after: (response) => {
          const timer = setInterval(() => response.write(' '), 20);
          onTestFinished(() => clearInterval(timer));
        },
      },
    ],
    ['is long', `<script defer src="app.js"></script>${' '.repeat(1_100_000)}`, { timeout: 60_000 }],
    ['is no HTML', `data: <script defer src="app.js"></script>`, { type: 'text/event-stream' }],
  ])('is a note where it %s', async (_what, page, made) => {
    const found = await pageOf(page, made);
    expect(found).toMatchObject({ ok: true, note: expect.stringContaining('it had not ended after') });
    expect(found.unfinished).toBeUndefined();
  });

  it('has no note where it ends', async () => {
    const found = await pageOf('<script defer src="app.js"></script>', { after: (response) => void response.end() });
    expect(found).toMatchObject({ ok: true });
    expect([found.note, found.unfinished]).toEqual([undefined, undefined]);
  });
});

describe('a page for which no answer comes', () => {
  const silent = { isSilent: true, firstTimeout: 1_000 };

  it('is a fault where the app answers other URLs', async () => {
    const found = await pageOf('', silent);
    expect(found).toMatchObject({ ok: false, status: undefined, symptom: 'page-never-ends' });
    expect(found.why).toMatch(/another URL is answered with 404/);
  });

  it('is a fault where the sources have a page', async () => {
    const sources = () => ({ hasPage: true, hasNoSockets: false });
    const found = await pageOf('', { ...silent, isDeaf: true, sources });
    expect(found).toMatchObject({ ok: false, symptom: 'page-never-ends' });
  });

  it('is none where the server answers sockets alone', async () => {
    const sources = () => ({ hasPage: false, hasNoSockets: false });
    const found = await pageOf('', { ...silent, isDeaf: true, sources });
    expect(found).toMatchObject({ ok: true, note: expect.stringContaining('the sockets answer') });
  });
});
