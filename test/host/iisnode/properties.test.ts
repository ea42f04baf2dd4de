import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { splitCommandLine } from '../../../src/host/backend/command-line.js';
import { slotOfCookie } from '../../../src/host/iisnode/sticky-session.js';
import { watchEntries } from '../../../src/host/iisnode/watch-entries.js';
import { request, type Site, site } from './harness.js';

let echo: Site;
let raw: Site;
beforeAll(async () => {
  echo = await site({ fixture: 'echo.js', settings: { loggingEnabled: false } });
  raw = await site({ fixture: 'raw-from-url.js', settings: { devErrorsEnabled: false, loggingEnabled: false } });
});
afterAll(async () => {
  await echo.close();
  await raw.close();
});

const name = fc.stringMatching(/^[xX]-[a-zA-Z0-9_]{1,12}$/);
const value = fc.stringMatching(/^[!-~]([ -~]{0,30}[!-~])?$/);
/** What HTTP/1.1 answers may begin with, so that random bytes get far. */
const fragment = fc.oneof(
  fc.constantFrom(
    ...[
      'HTTP/1.1 200 OK\r\n',
      'HTTP/1.1 204 No\r\n',
      'HTTP/1.1 101 Up\r\n',
      'HTTP/1.1 99999 X\r\n',
      'HTTP/1.1 304 \r\n',
    ],
    ...['Content-Length: 5\r\n', 'Content-Length: x\r\n', 'Transfer-Encoding: chunked\r\n', 'Connection: close\r\n'],
    ...[
      '\r\n',
      '\r\n\r\n',
      '5\r\nhello\r\n',
      '0\r\n\r\n',
      'ffffffffffff\r\n',
      ' folded: line\r\n',
      'A: \u0001\r\n',
      ': \r\n',
    ],
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

describe('for any input', () => {
  it('headers and bodies reach node as they were sent', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(name, value), { maxLength: 8 }),
        fc.uint8Array({ maxLength: 5000 }),
        fc.boolean(),
        async (headers, bytes, chunked) => {
          const body = Buffer.from(bytes);
          const framing = chunked ? ['Transfer-Encoding', 'chunked'] : ['Content-Length', String(body.length)];
          const { text } = await request(
            echo.port,
            { method: 'POST', headers: [...headers.flat(), ...framing, 'Host', 'dante'] as never },
            body,
          );
          const seen = JSON.parse(Buffer.from(text, 'latin1').toString('utf8'));
          expect(seen.body).toBe(body.toString('latin1'));
          expect(seen.rawHeaders.slice(-2 * headers.length || seen.rawHeaders.length)).toEqual(headers.flat());
        },
      ),
      { numRuns: 200 },
    );
  });

  it('random bytes as an answer of node give a response or a failure, never a crash or a hang', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fragment, { maxLength: 8 }), async (fragments) => {
        const bytes = Buffer.from(fragments.join(''), 'utf8').toString('base64url');
        const answer = await request(raw.port, { path: `/?b=${bytes}`, timeout: 5000 }).catch((error: Error) => error);
        if (answer instanceof Error) expect(answer.message).toMatch(/aborted|hang up|ECONNRESET|Parse Error/);
        else expect(answer.status).toBeGreaterThanOrEqual(100);
      }),
      { numRuns: 300 },
    );
    expect(
      raw.failures.every(({ status, subStatus }) => status === 500 && subStatus >= 1011 && subStatus <= 1018),
    ).toBe(true);
    expect(raw.events.map(({ code }) => code)).not.toContain('PROCESS_EXITED');
  });

  it('cookies, command lines and watch lists are read without complaint', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 64 }), (text, count) => {
        const slot = slotOfCookie(`iisnode.session.cookie=${text}`, count);
        expect(slot === undefined || (slot >= 0 && slot < count)).toBe(true);
        expect(splitCommandLine(text).every((word) => !word.includes('"'))).toBe(true);
        for (const entry of watchEntries(text, '/site')) expect(entry.file).not.toBe('');
      }),
      { numRuns: 500 },
    );
  });
});
