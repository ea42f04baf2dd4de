import { createServer } from 'node:http';
import { Server as SocketServer } from 'socket.io';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ProbeStep, probeApp } from '../../src/probe/index.js';
import { listen } from './listen.js';

const client = '<script src="/socket.io/socket.io.js"></script>';
const inline = `${client}\n<script>io()</script>`;
const byFile = `${client}\n<script src="app.js"></script>`;

/** What the policy of a live page keeps its clients from. */
async function refusalOf(policy: string | string[], page: string, code = 'io()'): Promise<ProbeStep['policy']> {
  const server = createServer(({ url = '' }, response) => {
    if (url === '/app.js') return response.setHeader('content-type', 'text/javascript').end(code);
    response.setHeader('content-type', 'text/html');
    if (policy !== '') response.setHeader('Content-Security-Policy', policy);
    return response.end(page);
  });
  const io = new SocketServer(server);
  onTestFinished(() => io.close());
  const { steps } = await probeApp(await listen(server), { timeout: 2_000, eventTimeout: 1 });
  expect(steps.filter(({ ok }) => !ok)).toEqual([]);
  return steps[0]?.policy;
}

describe('the policy of a live page', () => {
  it.each<[policy: string | string[], page: string, what: string, subject: string, code?: string]>([
    ["script-src 'self'", inline, 'inline script', 'line 2'],
    [["frame-ancestors 'none'", "default-src 'self'"], inline, 'inline script', 'line 2'],
    ["frame-ancestors 'none', default-src 'self'", inline, 'inline script', 'line 2'],
    [
      "script-src 'self'",
      '<script src="https://cdn.socket.io/4.8.1/socket.io.min.js"></script><script src="app.js"></script>',
      'script',
      'https://cdn.socket.io/4.8.1/socket.io.min.js',
    ],
    [
      'script-src cdn.jsdelivr.net https://*.googleapis.com https://www.googletagmanager.com',
      byFile,
      'script',
      '/socket.io/socket.io.js',
    ],
    ["connect-src 'none'", byFile, 'connection', 'polling and WebSocket'],
    ["default-src 'none'; script-src * 'unsafe-inline'", inline, 'connection', 'polling and WebSocket'],
    ['connect-src ws: wss:', byFile, 'connection', 'polling'],
    ['connect-src http: https:', byFile, 'connection', 'WebSocket'],
    ['connect-src http:', byFile, 'connection', 'WebSocket', "io('/', { transports: ['websocket'] })"],
    ['', `<meta http-equiv="Content-Security-Policy" content="connect-src 'none'">${byFile}`, 'connection', 'polling'],
  ])('%s refuses something of %s', async (policy, page, what, subject, code) => {
    const found = await refusalOf(policy, page, code);
    expect(found).toMatchObject({
      what,
      subject: expect.stringContaining(subject),
      by: policy === '' ? 'meta' : 'header',
    });
    expect(found?.isWhole).toBe(!(found?.subject === 'WebSocket' && code === undefined));
  });

  it.each<[policy: string, page: string, code?: string]>([
    ['', inline],
    ["default-src 'self'", byFile],
    ["script-src 'self' 'nonce-abc'", inline],
    ["script-src 'self' 'unsafe-inline'; connect-src 'self'", inline],
    ['connect-src *', byFile],
    ['connect-src ws: http:', byFile],
    ["default-src 'none'", '<p>no client'],
    ["connect-src 'none'", byFile, "io('https://other.example.com')"],
    ["connect-src 'none'", byFile, 'io(window.chatServer)'],
    ['connect-src wss:', byFile, "io({ transports: ['websocket'] })"],
    ["img-src 'none'; frame-ancestors 'self'", inline],
    // Its own name is not that of this machine.
    ["script-src 'self'; connect-src https://chat.example.com wss://chat.example.com", byFile],
  ])('%s lets %s do all', async (policy, page, code) => {
    expect(await refusalOf(policy, page, code)).toBeUndefined();
  });
});
