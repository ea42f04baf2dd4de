import net from 'node:net';
import { describe, expect, it } from 'vitest';
import { exchange } from '../harness.js';
import { handshake } from '../iisnode-app.js';
import { app, section, seenIn } from './app.js';

describe('a process of HttpPlatformHandler', () => {
  it('sees the whole URL, the client’s headers and where the client is', async () => {
    const { get, directory, port } = await app(
      section('', '', '.\\server.js --listen %HTTP_PLATFORM_PORT% &quot;a b&quot;'),
    );
    const answer = await get('/dante/socket.io/a%20b%C3%BC?x=%41&y=1', {
      headers: {
        Host: 'example.org',
        'X-Forwarded-For': '203.0.113.9',
        'X-Forwarded-Proto': 'https',
        Connection: 'keep-alive, X-Own',
        'MS-ASPNETCORE-TOKEN': 'forged',
      },
    });
    const seen = seenIn(answer);
    expect(seen.url).toBe('/dante/socket.io/a%20b%C3%BC?x=%41&y=1');
    expect(seen.headers.host).toBe('example.org');
    expect(seen.headers['x-forwarded-for']).toMatch(/^203\.0\.113\.9, 127\.0\.0\.1:\d+$/);
    expect(seen.headers['x-forwarded-proto']).toBe('https, http');
    expect(seen.headers.connection).toBe('keep-alive');
    expect(seen.headers['ms-aspnetcore-token']).toBeUndefined();
    expect(seen).toMatchObject({ cwd: directory, main: true });
    const { PORT = '', HTTP_PLATFORM_PORT } = seen.env;
    expect(HTTP_PLATFORM_PORT).toBe(PORT);
    expect(seen.argv).toEqual(['--listen', PORT, 'a b']);
    expect(Number(PORT)).toBeGreaterThanOrEqual(10_000);
    expect(Number(PORT)).not.toBe(port);
    expect(seen.env.HTTP_PLATFORM_TOKEN).toBeUndefined(); // of version 2
    expect(answer.headers).toMatchObject({ 'x-powered-by': 'node', server: 'Microsoft-IIS/10.0' });
  });

  it('gets bodies, whole or chunked, and answers 4xx with its own body', async () => {
    const { get } = await app();
    const long = 'x'.repeat(200_000);
    const sent = await get('/dante/', { method: 'POST', body: long, headers: { 'Content-Length': long.length } });
    const chunked = await get('/dante/', {
      method: 'PUT',
      body: 'pieces',
      headers: { 'Transfer-Encoding': 'chunked', Expect: '' },
    });
    const none = await get('/dante/', { method: 'POST', headers: { 'Content-Length': 0 } });
    const refused = await get('/dante/nothing?status=404');
    const head = await get('/dante/', { method: 'HEAD' });
    expect(seenIn(sent).body).toHaveLength(long.length);
    expect(seenIn(chunked).body).toBe('pieces');
    expect(seenIn(none).headers['content-length']).toBe('0');
    expect([refused.status, seenIn(refused).url]).toEqual([404, '/dante/nothing?status=404']);
    expect([head.status, head.body]).toEqual([200, '']);
  });

  it('sees the URL that a rule made, and its body is replaced where httpErrors says Replace', async () => {
    const { get } = await app(undefined, {
      more: '<rewrite><rules><rule name="api"><match url="^old/(.*)" /><action type="Rewrite" url="new/{R:1}" /></rule></rules></rewrite><httpErrors existingResponse="Replace" />',
    });
    expect(seenIn(await get('/dante/old/a?b=1')).url).toBe('/dante/new/a?b=1');
    const replaced = await get('/dante/?status=500');
    expect(replaced.code).toBe('500.0');
    expect(replaced.body).toContain('httpPlatformHandler');
  });

  it('carries WebSockets without extensions, and refusals of them', async () => {
    const { port } = await app();
    const asked = handshake('/dante/chat').replace(
      '\r\n\r\n',
      '\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n',
    );
    const opened = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = net.connect(port, '127.0.0.1', () => socket.write(`${asked}early`));
      socket.on('error', reject);
      socket.on('data', (piece) => {
        text += piece.toString('latin1');
        if (text.endsWith('early')) socket.write('-late');
        if (text.endsWith('-late')) socket.end();
      });
      socket.on('close', () => resolve(text));
    });
    expect(opened).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
    expect(opened).toContain('X-Extensions: none\r\n');
    expect(opened.match(/^Connection: .*$/gim)).toHaveLength(1);
    expect(opened).toMatch(/\r\n\r\nearly-late$/);
    expect(await exchange(port, handshake('/dante/refuse'))).toMatch(/^HTTP\/1\.1 403 Forbidden[\s\S]*\r\n\r\nno$/);
  });

  it('gets an upgrade as an ordinary request where the WebSocketModule is off, which is said once', async () => {
    const { port, events } = await app(undefined, { more: '<webSocket enabled="false" />' });
    const answers = [await exchange(port, handshake('/dante/a')), await exchange(port, handshake('/dante/b'))];
    for (const answer of answers) {
      expect(answer).toMatch(/^HTTP\/1\.1 200 OK/);
      expect(answer).toContain('"upgrade":"websocket"');
      expect(answer).toContain('"connection":"keep-alive"');
    }
    expect(events.filter(({ code }) => code === 'WEBSOCKET_MODULE_OFF')).toHaveLength(1);
  });

  it('that does not answer as HTTP, or not at all, is a 502.3; an answer that breaks off stays one', async () => {
    const { get, event } = await app(section('', '', 'raw.js'), {
      files: {
        'raw.js': `require('node:net').createServer((socket) => socket.once('data', (text) => socket.end(answers[/answer=(\\w+)/.exec(text)[1]]))).listen(process.env.PORT);
          const answers = { odd: 'odd\\r\\n\\r\\n', none: '', half: 'HTTP/1.1 200 OK\\r\\nContent-Length: 9\\r\\n\\r\\nhalf' };`,
      },
    });
    const [odd, none] = [await get('/dante/?answer=odd'), await get('/dante/?answer=none')];
    expect([odd.code, none.code]).toEqual(['502.3', '502.3']);
    expect(odd.body).toContain('did not answer as HTTP');
    expect(none.body).toContain('closed the connection before it answered');
    await expect(get('/dante/?answer=half')).rejects.toThrow();
    expect((await event('REQUEST_FAILED')).message).toContain('GET /dante/?answer=odd');
  });

  it('sees no token of Windows, which is said', async () => {
    const { get, event } = await app(section('forwardWindowsAuthToken="true"'));
    expect(seenIn(await get('/dante/')).headers['x-iis-windowsauthtoken']).toBeUndefined();
    expect((await event('AUTH_TOKEN_NOT_EMULATED')).line).toBeGreaterThan(1);
  });
});
