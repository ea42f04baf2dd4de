import { expect, it } from 'vitest';
import { serveSite } from '../../src/host/index.js';
import { traceUrl } from '../../src/trace/index.js';
import { folderWith, put, serve, webConfig } from './harness.js';

const basic = { authorization: 'Basic YTpi' };
const rules = (inner: string): string => webConfig(`<security><authorization>${inner}</authorization></security>`);
const deny = (users: string, more = ''): string => `<add accessType="Deny" users="${users}" ${more} />`;
const allow = (users: string, more = ''): string => `<add accessType="Allow" users="${users}" ${more} />`;
const noneOfIis = '<remove users="*" roles="" verbs="" />';

/** Folders of a site, each with its rules, and what GET and POST get. */
const places: Readonly<Record<string, readonly [rules: string, get: string, post: string]>> = {
  open: [allow('?'), '200', '405.0'],
  anonymous: [deny('?'), '401.2', '401.2'],
  all: [deny('*'), '401.2', '401.2'],
  first: [allow('*') + deny('?'), '401.2', '401.2'],
  named: [deny('Fred, Bob'), '200', '405.0'],
  posting: [deny('?', 'verbs="post, PUT"'), '200', '401.2'],
  cleared: [`<clear />${allow('Bob')}`, '401.2', '401.2'],
  removed: [`${noneOfIis}${allow('', 'roles="Administrators"')}`, '401.2', '401.2'],
  reading: [`<clear />${allow('*', 'verbs="GET"')}`, '200', '401.2'],
  empty: ['<clear />', '200', '405.0'],
};

it('rules of URL Authorization let clients in, or answer 401.2; trace says the same', async () => {
  const directory = folderWith();
  for (const [name, [inner]] of Object.entries(places)) {
    put(directory, `${name}/a.html`, name);
    put(directory, `${name}/web.config`, rules(inner));
  }
  const site = { directory, vdirPath: '/' };
  const { get, events } = await serve(site);
  const model = serveSite({ ...site, environment: {} })();
  for (const [name, [, ofGet, ofPost]] of Object.entries(places)) {
    for (const [method, wanted, headers] of [
      ['GET', ofGet, {}],
      ['GET', ofGet, basic],
      ['POST', ofPost, {}],
    ] as const) {
      const answer = await get(`/${name}/a.html`, { method, headers });
      expect(answer.code ?? String(answer.status), `${method} ${name}`).toBe(wanted);
      const { outcome, steps } = traceUrl({ model, url: `/${name}/a.html`, method });
      const said = outcome.kind === 'error' ? `${outcome.status}.${outcome.subStatus}` : String(outcome.status ?? 200);
      expect(said, `trace ${method} ${name}`).toBe(wanted);
      expect(steps.filter(({ stage }) => stage === 'authorization')).toHaveLength(wanted === '401.2' ? 1 : 0);
    }
  }
  const said = events.filter(({ code }) => code === 'SIGN_IN_REQUIRED');
  expect(said[0]).toMatchObject({ message: expect.stringContaining('URL Authorization'), line: expect.any(Number) });
  expect(events.map(({ code }) => code)).not.toContain('SECTION_NOT_EMULATED');
});

it('a folder below cannot allow what one above denies', async () => {
  const directory = folderWith({
    'web.config': rules(deny('?')),
    'below/web.config': rules(allow('*')),
    'below/a.html': 'a',
  });
  const { get } = await serve({ directory, vdirPath: '/' });
  expect((await get('/below/a.html')).code).toBe('401.2');
});
