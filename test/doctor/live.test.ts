import { createServer, type Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import { describe, expect, it, onTestFinished } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { textReport } from '../../src/doctor/report/text.js';

async function listening(server: HttpServer): Promise<string> {
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}/`;
}

/** A page with a socket.io app behind it; `path` where socket.io answers. */
async function site(path: string): Promise<string> {
  const http = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end('<!doctype html><title>app</title><script src="/socket.io/socket.io.js"></script>');
  });
  const io = new Server(http, { path });
  io.on('connection', (socket) => socket.emit('hello'));
  onTestFinished(() => io.close());
  return await listening(http);
}

/** Two servers that take turns, as iisnode's processes do; with `cookie`, a client stays with the one it met first. */
async function twoProcesses(cookie?: string): Promise<string> {
  const processes = [createServer(), createServer()];
  const servers = processes.map((http) => new Server(http));
  for (const io of servers) onTestFinished(() => io.close());
  let turn = 0;
  const front = createServer((request, response) => {
    if (request.url === '/') {
      response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>app</title>');
      return;
    }
    const met = cookie && new RegExp(`${cookie}=(\\d)`).exec(request.headers.cookie ?? '')?.[1];
    const slot = met ? Number(met) : turn++ % 2;
    if (cookie && !met) response.setHeader('Set-Cookie', `${cookie}=${slot}`);
    processes[slot]?.emit('request', request, response);
  });
  front.on('upgrade', (...args) => processes[0]?.emit('upgrade', ...args));
  onTestFinished(() => void front.close());
  return await listening(front);
}

const codes = async (url: string, options = {}): Promise<string[]> =>
  (await diagnose(url, { cwd: '/', ...options })).findings.map(({ rule }) => rule);

describe('a live app', () => {
  it('that answers like one has no findings', async () => {
    expect(await codes(await site('/socket.io'))).toEqual([]);
  });

  it('whose page is never ended has one finding, a warning unless a script waits for the end', async () => {
    const found = async (page: string) => {
      const http = createServer(({ url }, response) =>
        url === '/' ? response.setHeader('content-type', 'text/html').write(page) : response.writeHead(404).end('no'),
      );
      const io = new Server(http);
      onTestFinished(() => io.close());
      const { findings } = await diagnose(await listening(http), { cwd: '/' });
      return findings.map(({ rule, severity, why }) => [rule, severity, why]);
    };
    const client = '<script src="/socket.io/socket.io.js"></script>';
    expect(await Promise.all([found(`${client}<script>io()`), found(`${client}<script>io()</script>`)])).toEqual([
      [['LIVE_PAGE_NEVER_ENDS', 'error', expect.stringContaining('the script in line 1 of the page runs only when')]],
      [['LIVE_PAGE_NEVER_ENDS', 'warning', expect.stringContaining('goes on loading')]],
    ]);
  });

  it('whose socket.io is at another path has one finding, with the handshake and the WebSocket below the script', async () => {
    const url = await site('/elsewhere/socket.io');
    const whole = await diagnose(url, { cwd: '/' });
    expect(whole.findings.map(({ rule }) => rule)).toEqual(['LIVE_CLIENT_SCRIPT_FAILS']);
    const below = whole.findings[0]?.consequences?.map(({ rule }) => rule);
    expect(below).toEqual(['LIVE_HANDSHAKE_FAILS', 'LIVE_WEBSOCKET_FAILS']);
    expect(textReport(whole).match(/another application answers at this address/g)).toHaveLength(1);
    const { summary, findings } = await diagnose(url, { cwd: '/', only: ['live_handshake_fails', 'FIXED_PORT'] });
    expect(summary).toMatchObject({ errors: 1, skipped: 2 });
    expect(findings[0]?.message).toContain(`${url}socket.io/`);
    expect(findings[0]?.message).toMatch(/: 200, text\/html, \d+ B\.$/);
  });

  it('has one finding for each status', async () => {
    const url = await listening(createServer((_request, response) => response.writeHead(404).end('no')));
    const { findings } = await diagnose(url, { cwd: '/', only: ['LIVE_PAGE_FAILS'] });
    expect(findings[0]?.message).toBe(`the page at ${url}: HTTP 404, no content type, 2 B.`);
  });

  it('whose processes do not know each other’s sessions has a finding for lost polls', async () => {
    const { findings } = await diagnose(await twoProcesses(), { cwd: '/', only: ['LIVE_SESSION_LOST'] });
    expect(findings).toMatchObject([
      {
        rule: 'LIVE_SESSION_LOST',
        message: expect.stringContaining('5 of 10 answered 400 "Session ID unknown"'),
        fix: expect.stringContaining('nodeProcessStickySessions="true"'),
      },
    ]);
  });

  it.each(['iisnode.session.cookie', 'ARRAffinity'])(
    'that keeps a client where it is by %s loses none',
    async (name) => {
      const { findings } = await diagnose(await twoProcesses(name), { cwd: '/', only: ['LIVE_SESSION_LOST'] });
      expect(findings).toEqual([]);
    },
  );

  it('where nothing listens has a finding for the connection only', async () => {
    const server = createServer();
    const url = await listening(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await codes(url)).toEqual(['LIVE_CONNECTION_FAILS']);
  });

  it('cannot be fixed remotely', async () => {
    await expect(codes('http://127.0.0.1:9/', { fix: true })).rejects.toMatchObject({ code: 'URL_NOT_FIXABLE' });
  });

  it.each([
    ['http://', {}, 'It has no host.'],
    ['https:///?x', {}, 'It has no host.'],
    ['http://', { fix: true }, 'It has no host.'],
    ['http://:8080/', {}, 'It has no host.'],
    ['http://localhost:99999/', {}, 'Its port is not a number up to 65535.'],
    ['http://localhost:http/', {}, 'Its port is not a number up to 65535.'],
    ['http://a b/', {}, 'a b is not the name of a host.'],
    ['http://[::g]/', {}, '[::g] is not the name of a host.'],
  ])('that %s with %j cannot name is a usage error with an example', async (url, options, why) => {
    await expect(codes(url, options)).rejects.toMatchObject({
      code: 'BAD_URL',
      exitCode: 2,
      why,
      next: expect.stringContaining('http://localhost/dante/'),
    });
  });

  it.each([
    [{ vdirPath: '/chat' }, '--path is for files'],
    [{ machines: 2 }, '--machines is for files'],
    [{ vdirPath: '/chat', machines: 1 }, '--path and --machines are for files'],
  ])('takes no options that say something of files: %j', async (options, what) => {
    const refused = { code: 'URL_TAKES_NO_OPTION', exit: 'usage', what: expect.stringContaining(what) };
    await expect(codes('http://127.0.0.1:9/', options)).rejects.toMatchObject(refused);
  });
});

it('a look at a live app that does not answer ends with the signal', async () => {
  const interrupt = new AbortController();
  const url = await listening(createServer(() => interrupt.abort()));
  await expect(diagnose(url, { cwd: '.', signal: interrupt.signal })).rejects.toMatchObject({
    code: 'INTERRUPTED',
    exitCode: 130,
  });
});

it('a policy of a live page has a finding, a warning where polling is allowed', async () => {
  const found = async (policy: string): Promise<unknown> => {
    const http = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').setHeader('content-security-policy', policy);
      response.end('<script src="/socket.io/socket.io.js"></script>\n<script>io()</script>');
    });
    const io = new Server(http);
    onTestFinished(() => io.close());
    const { findings } = await diagnose(await listening(http), { cwd: '/' });
    return findings.map(({ rule, severity, message }) => [rule, severity, message.replace(/http:\S+/, 'URL')]);
  };
  const code = 'LIVE_POLICY_BLOCKS_CLIENT';
  expect(await found("default-src 'self'")).toEqual([
    [code, 'error', expect.stringMatching(/^The page at URL the header .* \(line 2\): default-src 'self'$/)],
  ]);
  expect(await found("script-src 'self' 'unsafe-inline'; connect-src http:")).toEqual([
    [code, 'warning', expect.stringContaining('by WebSocket: connect-src http:')],
  ]);
  expect(await found("script-src 'self' 'unsafe-inline'; connect-src 'self'")).toEqual([]);
});
