import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { diagnose } from '../../../src/doctor/index.js';
import { findingsOf } from '../../../src/doctor/seen/har/findings-of.js';
import { tooMuchJson } from '../../../src/doctor/seen/har/json-guard.js';
import { readHar } from '../../../src/doctor/seen/har/read-har.js';
import type { DoctorReport } from '../../../src/doctor/types.js';
import { growth, linear } from '../../support/growth.js';
import { fixtures } from '../expect-codes.js';

interface Asked {
  readonly url: string;
  readonly status?: number;
  readonly type?: string;
  readonly mime?: string;
  readonly body?: string;
  readonly error?: string;
  readonly method?: string;
  readonly at?: number;
  readonly wait?: number;
  readonly receive?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly asks?: Readonly<Record<string, string>>;
}

const headers = (all: Readonly<Record<string, string>> = {}): object[] =>
  Object.entries(all).map(([name, value]) => ({ name, value }));

/** As Chrome saves it. */
const entry = ({
  url,
  status = 200,
  type,
  mime = 'text/plain',
  body,
  error,
  method = 'GET',
  at = 0,
  wait = 5,
  receive = 5,
  ...rest
}: Asked): object => ({
  startedDateTime: new Date(1_760_000_000_000 + at).toISOString(),
  time: wait + receive,
  ...(type && { _resourceType: type }),
  request: {
    method,
    url,
    httpVersion: 'http/1.1',
    headers: headers({ Cookie: 'session=topsecret', ...rest.asks }),
    cookies: [{ name: 'session', value: 'topsecret' }],
  },
  response: {
    status,
    httpVersion: 'http/1.1',
    headers: headers({ 'Set-Cookie': 'ARRAffinity=topsecret', ...rest.headers }),
    content: { size: body?.length ?? 0, mimeType: mime, ...(body !== undefined && { text: body }) },
    _transferSize: 0,
    ...(error && { _error: error }),
  },
  timings: { wait, receive },
});
const har = (entries: readonly Asked[]): string =>
  JSON.stringify({ log: { version: '1.2', entries: entries.map(entry) } });

function fileWith(content: string | Uint8Array, name = 'page.har'): { cwd: string; name: string } {
  const cwd = mkdtempSync(path.join(os.tmpdir(), 'har-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  writeFileSync(path.join(cwd, name), content);
  return { cwd, name };
}
const judge = (entries: readonly Asked[]): Promise<DoctorReport> => {
  const { cwd, name } = fileWith(har(entries));
  return diagnose('.', { cwd, isDefault: true, har: name });
};
const ids = (entries: readonly Asked[]): string[] => {
  const { cwd, name } = fileWith(har(entries));
  return findingsOf(readHar(name, cwd)).sightings.map(({ known }) => known.id);
};

const site = 'https://chat.example.com';
const page: Asked = { url: `${site}/`, type: 'document', mime: 'text/html', body: '<!doctype html>' };
const script: Asked = { url: `${site}/socket.io/socket.io.js`, type: 'script', mime: 'application/javascript' };
const engine = (query: string): string => `${site}/socket.io/?EIO=4&transport=${query}`;
const handshake: Asked = { url: engine('polling&t=1'), type: 'xhr', body: '0{"sid":"abc","upgrades":["websocket"]}' };
const poll = (at = 0, sid = 'abc'): Asked => ({ url: engine(`polling&t=2&sid=${sid}`), type: 'xhr', at, body: '6' });
const socket: Asked = {
  url: `wss://chat.example.com/socket.io/?EIO=4&transport=websocket&sid=abc`,
  type: 'websocket',
  status: 101,
};
const healthy = [page, script, handshake, poll(), socket];
const iisnodePage =
  '<p>iisnode encountered an error when processing the request.</p><pre>HRESULT: 0x6d\nHTTP status: 500\nHTTP subStatus: 1013\nHTTP reason: x</pre>';

describe('a recording', () => {
  it('of an app that works has a summary, and nothing else', async () => {
    const { findings, summary } = await judge(healthy);
    expect(summary).toMatchObject({ errors: 0, warnings: 0, infos: 1 });
    expect(findings[0]?.message).toBe(
      'The recording has 5 requests to 1 host (chat.example.com) over http/1.1: the page https://chat.example.com/ 200; client script 200; handshakes 200; polls of 1 session 200; WebSockets 101.',
    );
  });

  it.each<[string, string, readonly Asked[]]>([
    [
      'a poll of a session that is not known',
      'session-id-unknown',
      [page, handshake, { ...poll(), status: 400, body: '{"code":1,"message":"Session ID unknown"}' }],
    ],
    [
      'a version of the protocol that is not supported',
      'protocol-version',
      [page, { ...handshake, status: 400, body: '{"code":5,"message":"Unsupported protocol version"}' }],
    ],
    [
      'a client script that is not found',
      'client-script-not-found',
      [page, { ...script, status: 404, mime: 'text/html' }],
    ],
    [
      'a client script that is a page',
      'html-instead-of-script',
      [page, { ...script, mime: 'text/html', body: '<!doctype html>' }],
    ],
    [
      'a handshake that is a page',
      'html-instead-of-script',
      [page, { ...handshake, mime: 'text/html', body: '<html>' }],
    ],
    ['a handshake that is not found', 'handshake-not-found', [page, { ...handshake, status: 404 }]],
    ['an upgrade with 400', 'upgrade-400', [page, handshake, { ...socket, status: 400 }]],
    ['an upgrade with 503', 'upgrade-503', [page, handshake, { ...socket, status: 503 }]],
    ['an upgrade without an answer', 'websocket-failed', [page, handshake, { ...socket, status: 0 }]],
    [
      'an upgrade with a page of iisnode',
      'websocket-pipe-closed',
      [page, handshake, { ...socket, status: 200, body: iisnodePage }],
    ],
    [
      'an upgrade with a doubled header',
      'doubled-upgrade',
      [page, { ...socket, headers: { Connection: 'Upgrade, Upgrade' } }],
    ],
    ['a page with the error page of iisnode and status 200', '500-1013', [{ ...page, body: iisnodePage }]],
    [
      'a page with an error of IIS',
      'directory-listing-denied',
      [{ ...page, status: 403, body: '<h3>HTTP Error 403.14 - Forbidden</h3>' }],
    ],
    ['a page that fails otherwise', 'page-failed', [{ ...page, status: 418 }]],
    [
      'a host at which nothing listens',
      'connection-refused',
      [{ ...page, status: 0, error: 'net::ERR_CONNECTION_REFUSED' }],
    ],
    [
      'a style sheet that is missing',
      'asset-failed',
      [page, { url: `${site}/style.css`, type: 'stylesheet', status: 404 }],
    ],
    [
      'an address of the developer',
      'development-address',
      [
        page,
        {
          ...handshake,
          url: 'http://localhost:3000/socket.io/?EIO=4&transport=polling',
          status: 0,
          error: 'net::ERR_CONNECTION_REFUSED',
        },
      ],
    ],
    [
      'http from a page of https',
      'insecure-websocket',
      [page, { ...handshake, url: 'http://chat.example.com/socket.io/?EIO=4&transport=polling', status: 0 }],
    ],
    [
      'another origin without CORS',
      'cors',
      [
        page,
        {
          ...handshake,
          url: 'https://api.example.com/socket.io/?EIO=4&transport=polling',
          status: 0,
          error: 'net::ERR_FAILED',
        },
      ],
    ],
    [
      'another origin whose answer has no CORS header',
      'cors',
      [
        page,
        { ...handshake, url: 'https://api.example.com/socket.io/?EIO=4&transport=polling', asks: { Origin: site } },
      ],
    ],
    ['many handshakes', 'several-sessions', [page, handshake, handshake, handshake, socket]],
    ['polls and never a WebSocket', 'no-upgrade', [page, handshake, ...[0, 1, 2, 3].map((each) => poll(each * 5000))]],
    [
      'a stream that comes at its end',
      'answer-withheld',
      [page, { url: `${site}/events`, mime: 'text/event-stream', wait: 9000, receive: 3 }],
    ],
    ['an answer after 25 s', 'slow-start', [{ ...page, wait: 25_300 }]],
  ])('with %s: %s', (_what, id, entries) => {
    expect(ids(entries)).toContain(id);
  });

  it.each<[string, readonly Asked[]]>([
    ['a poll that waits for the ping of its session', [...healthy, { ...poll(), wait: 25_000 }]],
    ['an answer from the cache', [...healthy, { url: `${site}/a.js`, type: 'script', status: 304 }]],
    [
      'a request that the user ended',
      [...healthy, { url: `${site}/b.js`, type: 'script', status: 0, error: 'net::ERR_ABORTED' }],
    ],
    ['a missing favicon', [...healthy, { url: `${site}/favicon.ico`, type: 'other', status: 404 }]],
    ['an api that answers 404', [...healthy, { url: `${site}/api/users/7`, type: 'fetch', status: 404 }]],
    [
      'a stream that flows',
      [...healthy, { url: `${site}/events`, mime: 'text/event-stream', wait: 30, receive: 9000 }],
    ],
    [
      'another origin that allows it',
      [
        ...healthy,
        {
          ...handshake,
          url: 'https://api.example.com/socket.io/?EIO=4&transport=polling',
          headers: { 'Access-Control-Allow-Origin': site },
          asks: { Origin: site },
        },
      ],
    ],
    [
      'a page on the machine of the developer',
      [
        { ...page, url: 'http://localhost:3000/' },
        { ...handshake, url: 'http://localhost:3000/socket.io/?EIO=4&transport=polling' },
      ],
    ],
    ['a redirect to the page', [{ ...page, url: 'http://chat.example.com/', status: 301 }, ...healthy]],
    ['a login', [...healthy, { url: `${site}/private`, type: 'fetch', status: 401 }]],
    ['nothing', []],
  ])('with %s is not wrong', (_what, entries) => {
    expect(ids(entries)).toEqual([]);
  });

  it('has no secrets in the report: cookies, tokens, sessions', async () => {
    const report = await judge([
      page,
      {
        ...poll(0, 'sessionsecret'),
        url: engine('polling&sid=sessionsecret&token=tokensecret'),
        status: 400,
        body: '{"code":1,"message":"Session ID unknown"}',
        asks: { Authorization: 'Bearer authsecret' },
      },
    ]);
    expect(JSON.stringify(report)).not.toMatch(/topsecret|sessionsecret|tokensecret|authsecret/);
    expect(report.findings[0]?.seen?.[0]).toBe(
      'page.har: GET https://chat.example.com/socket.io/?EIO=4&transport=polling&sid=...&token=... -> 400 {"code":1,"message":"Session ID unknown"}',
    );
  });

  it('counts what comes again', async () => {
    const lost = { ...poll(), status: 400, body: '{"code":1,"message":"Session ID unknown"}' };
    const { findings } = await judge([page, handshake, lost, lost, lost, lost]);
    expect(findings.map(({ rule }) => rule)).toEqual(['SEEN_SOCKET_ERROR', 'SEEN_CAPTURE']);
    expect(findings[0]?.seen?.[0]).toMatch(/ \(4 times\)$/);
  });

  it('is judged with the files of the app', async () => {
    const { cwd, name } = fileWith(
      har([page, { ...poll(), status: 400, body: '{"code":1,"message":"Session ID unknown"}' }]),
    );
    const { findings } = await diagnose('processes-polling-by-default', { cwd: fixtures, har: path.join(cwd, name) });
    expect(findings[0]).toMatchObject({ rule: 'POLLING_WITHOUT_STICKY_SESSIONS', known: 'file' });
    expect(findings[0]?.seen?.[0]).toContain('page.har: GET ');
  });

  it('reads bodies in base64', () => {
    const { cwd, name } = fileWith(
      JSON.stringify({
        log: {
          entries: [
            {
              request: { method: 'GET', url: engine('polling') },
              response: {
                status: 400,
                content: {
                  encoding: 'base64',
                  text: Buffer.from('{"code":0,"message":"Transport unknown"}').toString('base64'),
                },
              },
            },
          ],
        },
      }),
    );
    expect(findingsOf(readHar(name, cwd)).sightings.map(({ known }) => known.id)).toContain('transport-unknown');
  });
});

describe('a file that is no recording', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['not JSON', 'hello', 'HAR_INVALID'],
    ['empty', '', 'HAR_INVALID'],
    ['JSON of something else', '{"a":1}', 'HAR_INVALID'],
    ['a list', '[]', 'HAR_INVALID'],
    ['null', 'null', 'HAR_INVALID'],
    ['without entries', '{"log":{"entries":{}}}', 'HAR_INVALID'],
    ['very deep', `{"log":{"entries":${'['.repeat(5000)}${']'.repeat(5000)}}}`, 'HAR_TOO_COMPLEX'],
    ['very many values', `{"log":{"entries":[${'0,'.repeat(4_000_001)}0]}}`, 'HAR_TOO_COMPLEX'],
    ['cut off', har([page]).slice(0, 200), 'HAR_INVALID'],
    ['binary', Buffer.from([0, 1, 2, 255, 254]), 'HAR_INVALID'],
  ])('%s is refused in words', async (_what, content, code) => {
    const { cwd, name } = fileWith(content);
    await expect(diagnose('.', { cwd, isDefault: true, har: name })).rejects.toMatchObject({ code, exit: 'usage' });
  });

  it('missing, or a folder, is refused in words', async () => {
    const { cwd } = fileWith('');
    await expect(diagnose('.', { cwd, isDefault: true, har: 'gone.har' })).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
    await expect(diagnose('.', { cwd, isDefault: true, har: '.' })).rejects.toMatchObject({ code: 'FILE_NOT_REGULAR' });
  });

  it('is checked in time that grows with its size', () => {
    const text = (size: number): Buffer => Buffer.from(`["${'\\"a'.repeat(size)}",{}]`.repeat(4));
    expect(growth((size) => tooMuchJson(text(size)), 2000)).toBeLessThan(linear);
  });
});

describe('fuzz', () => {
  const word = fc.oneof(
    fc.constantFrom(
      site,
      `${site}/socket.io/?EIO=4&transport=polling`,
      'wss://x/?EIO=4&transport=websocket',
      'http://[',
      'text/html',
      'script',
      'document',
      'websocket',
      'base64',
      'GET',
      '\u202E\u001B[2J',
    ),
    fc.string({ maxLength: 20 }),
  );
  const anything = fc.anything({
    key: fc.constantFrom('url', 'status', 'text', 'headers', 'name', 'value', 'x'),
    maxDepth: 3,
  });
  const value = fc.oneof(
    { weight: 4, arbitrary: word },
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    anything,
  );
  const entries = fc.array(
    fc.record(
      {
        startedDateTime: value,
        time: value,
        _resourceType: value,
        request: fc.oneof(
          value,
          fc.record(
            { method: value, url: word, headers: fc.oneof(value, fc.array(fc.record({ name: value, value }))) },
            { requiredKeys: [] },
          ),
        ),
        response: fc.oneof(
          value,
          fc.record(
            {
              status: fc.oneof(value, fc.constantFrom(0, 101, 200, 400, 404, 500)),
              _error: value,
              headers: value,
              content: fc.oneof(
                value,
                fc.record({ mimeType: value, text: value, encoding: value }, { requiredKeys: [] }),
              ),
            },
            { requiredKeys: [] },
          ),
        ),
        timings: value,
      },
      { requiredKeys: [] },
    ),
    { maxLength: 8 },
  );

  it('any recording gives findings whose text is safe to show', () => {
    const { cwd, name } = fileWith('');
    fc.assert(
      fc.property(entries, (all) => {
        writeFileSync(
          path.join(cwd, name),
          JSON.stringify({ log: { entries: all } }, (_key, each: unknown) =>
            typeof each === 'bigint' ? Number(each) : each,
          ),
        );
        const { sightings, summary } = findingsOf(readHar(name, cwd));
        for (const text of [summary.says, ...sightings.flatMap(({ quotes }) => quotes)]) {
          expect(text).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
          expect(text.length).toBeLessThan(2000);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('any change of a real one gives findings or a clear word', () => {
    const source = har([...healthy, { ...poll(), status: 400, body: '{"code":1}' }]);
    const { cwd, name } = fileWith('');
    fc.assert(
      fc.property(fc.nat(source.length), fc.nat(40), fc.string({ maxLength: 6 }), (at, length, instead) => {
        writeFileSync(path.join(cwd, name), source.slice(0, at) + instead + source.slice(at + length));
        try {
          findingsOf(readHar(name, cwd));
        } catch (error) {
          expect(error).toMatchObject({ name: 'UserError', code: 'HAR_INVALID' });
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('takes time that grows with the number of requests', () => {
    const { cwd, name } = fileWith('');
    const all = (count: number): ReturnType<typeof readHar> => {
      writeFileSync(
        path.join(cwd, name),
        har(
          Array.from({ length: count }, (_, index) => ({
            ...poll(index, `s${index}`),
            status: 400,
            body: '{"code":1}',
          })),
        ),
      );
      return readHar(name, cwd);
    };
    const [small, large] = [all(60), all(60 * 32)];
    expect(growth((size) => findingsOf(size === 60 ? small : large), 60)).toBeLessThan(linear);
  });

  it('of answers that all differ takes the time of a few where a client asks the same again', () => {
    const recordings = [10, 320].map((count) => {
      const body = (each: number): string => `HTTP Error 500.1000 ${each} ${'<p>error'.repeat(60)}`;
      const asked = Array.from({ length: count }, (_, each) => ({ url: `${site}/`, status: 500, body: body(each) }));
      const { cwd, name } = fileWith(har(asked));
      return readHar(name, cwd);
    });
    const [few, many] = recordings.map((recording) => () => findingsOf(recording));
    expect(growth((size) => (size === 1 ? few : many)?.(), 1)).toBeLessThan(0.5);
    expect(
      many?.()
        .sightings.flatMap(({ quotes }) => quotes)
        .join(),
    ).toContain('(320 times)');
  });
});
