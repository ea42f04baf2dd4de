import { describe, expect, it } from 'vitest';
import { fields, hosts, lines } from './cases.js';
import { hostileSite } from './hostile-site.js';
import { converse } from './raw-client.js';
import { get, lastGet } from './requests.js';

describe.each([
  ['of a host', hosts],
  ['in the request line', lines],
  ['in the headers', fields],
])('a head with something odd %s', (_, cases) => {
  it('gets the answer of HTTP.SYS, the connection ends, and all others are served', async () => {
    const { port, stillServes } = await hostileSite();
    for (const { what, sent, status, says = '' } of cases) {
      const { answers, rest } = await converse(port, sent);
      expect({ what, statuses: answers.map((answer) => answer.status), rest }).toEqual({
        what,
        statuses: [status],
        rest: '',
      });
      expect(`${what}: ${answers[0]?.body}`).toContain(says);
      if (says !== '') expect(answers[0]?.head).toContain('Server: Microsoft-HTTPAPI/2.0\r\n');
      await stillServes();
    }
  });
});

describe('a head', () => {
  it('of 900 headers reaches the app whole', async () => {
    const { port, stillServes } = await hostileSite();
    const many = Array.from({ length: 900 }, (_, index) => `h${index}:${index}\r\n`).join('');
    const { answers } = await converse(port, get('/server.js', `${many}Connection: close\r\n`));
    const { rawHeaders } = JSON.parse(answers[0]?.body ?? '');
    for (let index = 0; index < 900; index++) expect(rawHeaders).toContain(`h${index}`);
    await stillServes();
  });

  it('that comes byte by byte, in the second request too, is read as if it came at once', async () => {
    const { port, stillServes } = await hostileSite();
    const bytes = `${get('/a.txt')}FOO /verb HTTP/1.1\r\nHost: x\r\n\r\n${lastGet()}`;
    const { answers, rest } = await converse(port, ...bytes);
    expect(answers.map(({ status }) => status)).toEqual([200, 302, 200]);
    expect(rest).toBe('');
    await stillServes();
  });
});
