import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../iisnode/harness.js';
import {
  type AppHost,
  encode,
  type Play,
  type Step,
  serveApp,
  serveHostileApp,
  type Visit,
  visit,
} from './app-support.js';

let app: AppHost;
let visitor = 0;
beforeAll(async () => {
  app = await serveHostileApp();
});
afterAll(() => app.close());

const hostile = (play: Play, options: Visit = {}) => visit(app.port, `/hostile?${encode(play)}`, options);
const answers = (...steps: Step[]): Play => ({ answer: steps });
const says = (text: string): Play => answers(['write', text]);

/** The next visitors, one after another and two at once, get their own answers whole; nothing was our own fault. */
async function othersAreServed(app: AppHost): Promise<void> {
  const own = async (): Promise<void> => {
    const url = `/own/${++visitor}`;
    expect(await visit(app.port, url)).toMatchObject({ status: 200, body: `GET ${url}`, cut: false, surplus: '' });
  };
  await own();
  await own();
  await Promise.all([own(), own()]);
  expect(app.events.filter(({ code }) => code === 'HOST_FAULT' || code === 'PROCESS_EXITED')).toEqual([]);
}

const ok = 'HTTP/1.1 200 OK\r\n';
const real = `${ok}Content-Length: 4\r\n\r\nreal`;
const chunked = `${ok}Transfer-Encoding: chunked\r\n\r\n`;

/**
 * What iisnode 0.2.27 answers is named by its sub-status (reference: cnodeconstants.h SubStatusCodes500). `safe` marks answers
 * where iisnode waits for ever, hands broken bytes on, or mixes up visitors, and a refusal is what keeps everyone safe.
 */
describe('a status line', () => {
  it.each([
    ['that is not HTTP (ParseResponseStatusLine)', says('SSH-2.0-OpenSSH_9.6'), '500.1013'],
    ['that is not HTTP, without end', answers(['flood', 'junk']), '500.1013'],
    ['without a blank before the reason (ParseResponseStatusLine)', says('HTTP/1.1 200\r\n'), '500.1013'],
    ['that ends in LF alone (safe)', says('HTTP/1.1 200 OK\nContent-Length: 2\n\nok'), '500.1013'],
    ['with a CR that no LF follows (ParseResponseStatusLine)', says('HTTP/1.1 200 OK\rX'), '500.1013'],
    ['with NUL in the reason (safe)', says('HTTP/1.1 200 O\0K\r\n\r\n'), '500.1013'],
    ['with status 99 (safe)', says('HTTP/1.1 99 Low\r\n\r\n'), '500.1013'],
    ['with status 1000 (safe)', says('HTTP/1.1 1000 High\r\n\r\n'), '500.1013'],
    [
      'without end (EnsureBuffer: maxRequestBufferSize)',
      answers(['write', 'HTTP/1.1 200 '], ['flood', 'x']),
      '500.1012',
    ],
    ['that does not come', answers(['close']), '500.1013'],
    ['that does not come, by a reset', answers(['reset']), '500.1013'],
    ['cut off', answers(['write', 'HTTP/1.1 20'], ['close']), '500.1013'],
  ])('%s', async (_name, play, code) => {
    expect(await hostile(play)).toMatchObject({ status: 500, code, cut: false, surplus: '' });
    await othersAreServed(app);
  });
});

describe('response headers', () => {
  it.each([
    ['of a megabyte in one line (EnsureBuffer)', answers(['write', `${ok}X: `], ['times', 'x', 1 << 20]), '500.1012'],
    ['without end in one line (EnsureBuffer)', answers(['write', `${ok}X: `], ['flood', 'x']), '500.1012'],
    ['without end (safe)', answers(['write', ok], ['flood', 'X-A: 1\r\n']), '500.1012'],
    ['without end, of long lines (safe)', answers(['write', ok], ['flood', `X: ${'x'.repeat(2000)}\r\n`]), '500.1012'],
    ['of 2,001 lines (safe)', answers(['write', ok], ['times', 'X-A: 1\r\n', 2001], ['write', '\r\n']), '500.1012'],
    ['with NUL in a value (safe)', says(`${ok}X: a\0b\r\n\r\n`), '500.1014'],
    ['with NUL in a name (safe)', says(`${ok}X\0: a\r\n\r\n`), '500.1014'],
    ['that end in LF alone (safe)', says(`${ok}Content-Length: 2\n\nok`), '500.1014'],
    ['with a CR that no LF follows (ParseResponseHeaders)', says(`${ok}X: a\rY: b`), '500.1014'],
    ['without colon (safe)', says(`${ok}nonsense\r\n`), '500.1014'],
    ['that are folded (ParseResponseHeaders)', says(`${ok}X: a\r\n b: c\r\n\r\n`), '500.1014'],
    ['cut off', answers(['write', `${ok}X: 1\r\nX-`], ['close']), '500.1014'],
    ['with two lengths (safe)', says(`${ok}Content-Length: 2\r\nContent-Length: 9\r\n\r\nok`), '500.1014'],
    ['with a list of lengths (safe)', says(`${ok}Content-Length: 2, 2\r\n\r\nok`), '500.1014'],
    ['with a negative length (safe)', says(`${ok}Content-Length: -2\r\n\r\nok`), '500.1014'],
    ['with a length in words (safe)', says(`${ok}Content-Length: two\r\n\r\nok`), '500.1014'],
    ['without a length in its header (safe)', says(`${ok}Content-Length:\r\n\r\nok`), '500.1014'],
    ['with a length above 2^53 (safe)', says(`${ok}Content-Length: 99999999999999999999\r\n\r\nok`), '500.1014'],
    [
      'with length and chunks (safe)',
      says(`${ok}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`),
      '500.1014',
    ],
    ['with an unknown coding (safe)', says(`${ok}Transfer-Encoding: gzip\r\n\r\n0\r\n\r\n`), '500.1014'],
    ['with chunks in chunks (safe)', says(`${ok}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`), '500.1014'],
    [
      'with two codings (safe)',
      says(`${ok}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n`),
      '500.1014',
    ],
    ['with a word like chunked (safe)', says(`${ok}Transfer-Encoding: xchunkedx\r\n\r\n0\r\n\r\n`), '500.1014'],
  ])('%s', async (_name, play, code) => {
    expect(await hostile(play)).toMatchObject({ status: 500, code, cut: false, surplus: '' });
    await othersAreServed(app);
  });

  it.each([
    [
      'of a thousand lines',
      answers(['write', ok], ['times', 'X-A: 1\r\n', 1000], ['write', 'Content-Length: 2\r\n\r\nok']),
    ],
    ['with the same length twice', says(`${ok}Content-Length: 2\r\nContent-Length: 2\r\n\r\nok`)],
    ['that announce trailers without chunks', says(`${ok}Trailer: X-A\r\nContent-Length: 2\r\n\r\nok`)],
    ['with the coding identity', says(`${ok}Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nok`)],
    [
      'with identity up to the end',
      answers(['write', `${ok}Transfer-Encoding: identity\r\nConnection: close\r\n\r\nok`], ['close']),
    ],
  ])('%s are passed on, as iisnode does', async (_name, play) => {
    const { headers, ...answer } = await hostile(play);
    expect(answer).toMatchObject({ status: 200, body: 'ok', cut: false, surplus: '' });
    expect(headers.filter((line) => /^(?:content-length|transfer-encoding):/i.test(line))).toHaveLength(1);
    await othersAreServed(app);
  });
});

describe('informational answers', () => {
  it.each([
    ['103 Early Hints', says(`HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n${real}`)],
    ['100 Continue', says(`HTTP/1.1 100 Continue\r\n\r\n${real}`)],
    ['102 Processing', says(`HTTP/1.1 102 Processing\r\n\r\n${real}`)],
    ['many of them', answers(['times', 'HTTP/1.1 102 Processing\r\n\r\n', 900], ['write', real])],
    ['long before the answer', answers(['write', 'HTTP/1.1 103 Early Hints\r\n\r\n'], ['later', real])],
    ['with a length that means nothing', says(`HTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\n\r\n${real}`)],
  ])('%s are dropped: the client gets the answer (safe)', async (_name, play) => {
    expect(await hostile(play)).toMatchObject({ status: 200, body: 'real', cut: false, surplus: '' });
    expect(app.events).toContainEqual(expect.objectContaining({ code: 'INTERIM_ANSWER', level: 'warning' }));
    await othersAreServed(app);
  });

  it.each([
    ['without end (safe)', answers(['flood', 'HTTP/1.1 102 Processing\r\n\r\n']), '500.1012'],
    ['and then nothing', answers(['write', 'HTTP/1.1 103 Early Hints\r\n\r\n'], ['close']), '500.1013'],
    [
      '101 for a request that is no upgrade',
      says('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'),
      '500.1018',
    ],
  ])('%s', async (_name, play, code) => {
    expect(await hostile(play)).toMatchObject({ status: 500, code, cut: false, surplus: '' });
    await othersAreServed(app);
  });
});

describe('informational answers of node:http', () => {
  it.each(['writeEarlyHints({ link: "</a.css>; rel=preload" })', 'writeProcessing()', 'writeContinue()'])(
    '%s is dropped, with a body to come and without',
    async (call) => {
      const node = await serveApp(
        `require('node:http').createServer((req, res) => { res.${call}; req.pipe(res); }).listen(process.env.PORT);`,
      );
      onTestFinished(() => node.close());
      const visits: Visit[] = [{}, { method: 'POST', headers: ['Content-Length: 4'], body: 'real' }, {}];
      for (const options of visits) {
        const body = options.body ?? '';
        expect(await visit(node.port, '/', options)).toMatchObject({ status: 200, body, cut: false, surplus: '' });
      }
    },
  );
});

describe('a body', () => {
  it.each([
    ['cut off', answers(['write', `${ok}Content-Length: 9\r\n\r\nhalf`], ['close']), '500.1016'],
    ['cut off by a reset', answers(['write', `${ok}Content-Length: 9\r\n\r\nhalf`], ['reset']), '500.1016'],
    ['behind a length of 0 (ProcessResponseBody)', says(`${ok}Content-Length: 0\r\n\r\nsurplus`), '500.1016'],
    ['without framing (ProcessChunkHeader)', says(`${ok}\r\nhello\r\n`), '500.1015'],
    ['in chunks of no size', says(`${chunked}\r\n\r\n`), '500.1015'],
    ['in chunks of a negative size', says(`${chunked}-5\r\nhello\r\n`), '500.1015'],
    ['in chunks of a size beyond counting', says(`${chunked}fffffffffffff\r\nhello\r\n`), '500.1015'],
    ['with a chunk-size line without end (EnsureBuffer)', answers(['write', chunked], ['flood', '0']), '500.1012'],
    [
      'with a chunk extension without end (EnsureBuffer)',
      answers(['write', `${chunked}5;`], ['flood', 'x']),
      '500.1012',
    ],
    ['in chunks whose end is missing (safe)', says(`${chunked}5\r\nhelloworld`), '500.1015'],
    ['with trailers (ParseChunkHeader knows none)', says(`${chunked}5\r\nhello\r\n0\r\nX-A: 1\r\n\r\n`), '500.1015'],
    ['with trailers without end', answers(['write', `${chunked}0\r\n`], ['flood', 'X-A: 1\r\n']), '500.1015'],
    ['in chunks without a last one', answers(['write', `${chunked}5\r\nhello\r\n`], ['close']), '500.1015'],
  ])('%s', async (_name, play, code) => {
    expect(await hostile(play)).toMatchObject({ status: 500, code, cut: false, surplus: '' });
    await othersAreServed(app);
  });

  it.each<[string, Play, object, Visit?]>([
    ['longer than its length', says(`${ok}Content-Length: 4\r\n\r\nrealsurplus`), { body: 'real' }],
    ['followed by a second answer', says(`${real}${ok}Content-Length: 6\r\n\r\nsecond`), { body: 'real' }],
    ['followed by bytes behind the last chunk', says(`${chunked}4\r\nreal\r\n0\r\n\r\nsurplus`), { body: 'real' }],
    [
      'followed by an answer behind Connection: close',
      answers(['write', `${ok}Connection: close\r\nContent-Length: 4\r\n\r\nreal${real}`], ['close']),
      { body: 'real' },
    ],
    ['of a 204', says(`HTTP/1.1 204 None\r\nContent-Length: 4\r\n\r\nreal`), { status: 204, body: '' }],
    [
      'of a 304',
      says(`HTTP/1.1 304 Same\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nreal\r\n0\r\n\r\n`),
      { status: 304, body: '' },
    ],
    ['of a HEAD', says(real), { status: 200, body: '' }, { method: 'HEAD' }],
    ['of no bytes', says(`${ok}Content-Length: 0\r\n\r\n`), { body: '' }],
    ['up to the end of the pipe', answers(['write', `${ok}Connection: close\r\n\r\nall`], ['close']), { body: 'all' }],
  ])('%s reaches the client as far as it is its own', async (_name, play, expected, options) => {
    expect(await hostile(play, options)).toMatchObject({ status: 200, cut: false, surplus: '', ...expected });
    await othersAreServed(app);
  });

  it('followed by a second answer later takes its connection along', async () => {
    // Of its own: in the other one a connection was closed before, and the file is there.
    const fresh = await serveHostileApp();
    onTestFinished(() => fresh.close());
    const play = answers(['write', real], ['later', `${ok}Content-Length: 6\r\n\r\nsecond`]);
    const answer = await visit(fresh.port, `/hostile?${encode(play)}`);
    expect(answer).toMatchObject({ status: 200, body: 'real', cut: false, surplus: '' });
    await until(() => existsSync(path.join(fresh.folder, 'closed')));
    await othersAreServed(fresh);
  });
});

describe('an answer that does not wait for its request', () => {
  it.each<[string, Step[]]>([
    ['once', [['write', real]]],
    [
      'and once more',
      [
        ['write', real],
        ['later', real],
      ],
    ],
  ])('sent %s when the connection opens goes only to the visitor who opened it', async (_name, steps) => {
    const fresh = await serveHostileApp();
    onTestFinished(() => fresh.close());
    // The one connection is taken and that of /arm is closed, so the next visitor opens the armed one.
    const slow = visit(fresh.port, `/hostile?${encode(answers(['hold'], ['write', real]))}`);
    await until(() => existsSync(path.join(fresh.folder, 'held')));
    await visit(fresh.port, `/arm?${encode(steps)}`);
    expect(await visit(fresh.port, '/early')).toMatchObject({ status: 200, body: 'real', cut: false, surplus: '' });
    writeFileSync(path.join(fresh.folder, 'go'), '');
    expect((await slow).body).toBe('real');
    await othersAreServed(fresh);
  });

  it.each<[string, Play, object]>([
    ['before the body has come', { head: [['write', real]] }, { status: 200, body: 'real' }],
    [
      'before the body, then the pipe closes',
      { head: [['write', `HTTP/1.1 413 Large\r\nContent-Length: 4\r\n\r\nmuch`], ['close']] },
      { status: 413, body: 'much' },
    ],
    ['before the body, then a reset', { head: [['write', real], ['reset']] }, {}],
  ])('%s', async (_name, play, expected) => {
    const body = 'x'.repeat(3_000_000);
    const answer = await hostile(play, { method: 'POST', headers: [`Content-Length: ${body.length}`], body });
    expect(answer).toMatchObject({ cut: false, surplus: '', ...expected });
    await othersAreServed(app);
  });
});
