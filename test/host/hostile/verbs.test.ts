import { describe, expect, it } from 'vitest';
import { folderWith, serve, webConfig } from '../harness.js';
import { hostileSite } from './hostile-site.js';
import { converse } from './raw-client.js';
import { get, lastGet } from './requests.js';

const ask = (verb: string, url: string): string => `${verb} ${url} HTTP/1.1\r\nHost: x\r\n\r\n`;
/** Verbs are tokens with letter case (RFC 9110, 9.1; IIS_schema.xml, verb: caseSensitive). */
const verbs = [
  'FOO',
  'get',
  'Get',
  'GETX',
  'GE',
  'G',
  'PROPFIND',
  'LOCK',
  'QUERY',
  'X-Y!',
  'M-SEARCH',
  '0',
  'A'.repeat(255),
];

describe('a verb', () => {
  it('of any name reaches the pipeline, also in the second request of a connection and in pieces', async () => {
    const { port, stillServes } = await hostileSite();
    for (const verb of verbs) {
      const bytes = get('/a.txt') + ask(verb, '/verb') + ask(verb, '/a.txt') + lastGet();
      for (const pieces of [[bytes], [...ask(verb, '/verb'), lastGet()]]) {
        const { answers, rest } = await converse(port, ...pieces);
        const redirect = answers.find(({ status }) => status === 302);
        expect([verb, redirect?.head]).toEqual([verb, expect.stringContaining(`Location: http://x/${verb}\r\n`)]);
        expect(answers.map(({ status }) => status)).toEqual(pieces.length === 1 ? [200, 302, 405, 200] : [302, 200]);
        expect(rest).toBe('');
      }
    }
    await stillServes();
  });

  it('is compared with letter case by handler mappings and by request filtering', async () => {
    const { port } = await serve({
      directory: folderWith({
        'a.txt': 'abc',
        'web.config': webConfig(
          '<handlers><add name="foo" path="*" verb="FOO" modules="Nobody" /></handlers>' +
            '<security><requestFiltering><verbs><add verb="BAR" allowed="false" /></verbs></requestFiltering></security>',
        ),
      }),
      vdirPath: '/',
    });
    const status = async (verb: string) => {
      const { answers } = await converse(port, ask(verb, '/a.txt') + lastGet());
      return /HTTP Error (\d+\.\d+)/.exec(answers[0]?.body ?? '')?.[1];
    };
    expect(await status('FOO')).toBe('500.21'); // the handler took it, and its module is not there
    expect(await status('foo')).toBe('405.0');
    expect(await status('BAR')).toBe('404.6');
    expect(await status('bar')).toBe('405.0');
  });

  it('that node does not know is refused by the app itself: its handler has verb="*"', async () => {
    const { port, stillServes } = await hostileSite();
    const { answers } = await converse(port, ask('FOO', '/server.js?do=echo') + lastGet());
    expect(answers[0]?.status).toBe(400);
    const { answers: known } = await converse(port, ask('PROPFIND', '/server.js?do=echo') + lastGet());
    expect(JSON.parse(known[0]?.body ?? '').method).toBe('PROPFIND');
    await stillServes();
  });
});
