import { describe, expect, it } from 'vitest';
import { compileRewrite, type RewriteResult, rewrite } from '../../src/rewrite/index.js';
import { configAt, model } from './model.js';
import { request, site } from './rules.js';

const to = (name: string, url: string, match = '.*'): string =>
  `<rule name="${name}"><match url="${match}" /><action type="Rewrite" url="${url}" /></rule>`;
const rules = (inner: string): string => `<rules>${inner}</rules>`;
const inLocation = (path: string, inner: string, attributes = ''): string =>
  `<location path="${path}" ${attributes}><system.webServer><rewrite>${inner}</rewrite></system.webServer></location>`;
const names = (loaded: ReturnType<typeof model>, path: string): string[] =>
  configAt(loaded, path).rules.map(({ name }) => name);
const runAt = (loaded: ReturnType<typeof model>, target: string): RewriteResult =>
  rewrite(request(target), compileRewrite(configAt(loaded, request(target).path)), site());
const duplicate = (name: string) =>
  expect.objectContaining({
    status: 500,
    subStatus: 19,
    message: expect.stringContaining(
      `Cannot add duplicate collection entry of type 'rule' with unique key attribute 'name' set to '${name}'`,
    ),
  });

describe('where a rule is defined decides what its pattern sees of /dante/socket.io/1/', () => {
  const anything = rules(to('r', 'x'));
  it.each([
    ['the web.config of the application', model({ '/dante/web.config': anything }), 'socket.io/1/'],
    ['the web.config of the site root', model({ '/site/web.config': anything }), 'dante/socket.io/1/'],
    ['a web.config in a folder below', model({ '/dante/socket.io/web.config': anything }), '1/'],
    [
      "a location of the site's web.config",
      model({ '/site/web.config': `<configuration>${inLocation('dante', anything)}</configuration>` }),
      'socket.io/1/',
    ],
    ['a location of applicationHost.config', model({}, '', inLocation('S/dante', anything)), 'socket.io/1/'],
    ['globalRules', model({}, `<globalRules>${to('r', 'x')}</globalRules>`), 'dante/socket.io/1/'],
  ])('%s: "%s"', (_, loaded, input) => expect(runAt(loaded, '/dante/socket.io/1/?t=5').steps[0]?.input).toBe(input));

  it('a virtual directory is a level like any other', () => {
    const loaded = model({ '/files/web.config': anything });
    expect(runAt(loaded, '/files/a/b').steps[0]?.input).toBe('a/b');
  });
});

describe('inherited rules', () => {
  const files = {
    '/site/web.config': rules(to('root', 'server.js', '^root')),
    '/dante/web.config': rules(to('app', 'server.js', '^sub/x')),
    '/dante/sub/web.config': rules(to('sub', '/y', '^y')),
  };

  it('keep their own base for the action, too: an application rule inherited by a folder leads to the application', () => {
    expect(runAt(model(files), '/dante/sub/x').path).toBe('/dante/server.js');
    expect(configAt(model(files), '/dante/sub/x').rules.map(({ name, basePath }) => [name, basePath])).toEqual([
      ['root', ''],
      ['app', '/dante'],
      ['sub', '/dante/sub'],
    ]);
  });

  it('of the site root lead to the site root, also for requests below an application', () => {
    const loaded = model({ '/site/web.config': rules(to('root', 'server.js', '^dante/')) });
    expect(runAt(loaded, '/dante/a').path).toBe('/server.js');
  });

  it('hide the rules of the levels below when one stops', () => {
    const stop = '<rule name="stop" stopProcessing="true"><match url=".*" /></rule>';
    const loaded = model({ '/site/web.config': rules(stop), '/dante/web.config': rules(to('app', 'server.js')) });
    const result = runAt(loaded, '/dante/x');
    expect(result.steps.map(({ verdict }) => verdict)).toEqual(['applied', 'skipped-after-stop']);
    expect(result.path).toBe('/dante/x');
  });

  it('a rewrite into a folder does not start the rules of that folder', () => {
    const result = runAt(model(files), '/root');
    expect(result.path).toBe('/server.js');
    const into = model({ ...files, '/site/web.config': rules(to('root', 'dante/sub/y', '^a$')) });
    expect(runAt(into, '/a')).toMatchObject({ path: '/dante/sub/y', steps: [{ verdict: 'applied' }] });
  });

  it('once a parent rule has led the URL out of a folder, the rules of that folder are skipped', () => {
    const loaded = model({
      '/site/web.config': rules(to('root', 'other')),
      '/dante/web.config': rules(to('app', 'x')),
    });
    const result = runAt(loaded, '/dante/a');
    expect(result.steps.map(({ verdict }) => verdict)).toEqual(['applied', 'skipped-out-of-scope']);
    expect(result.path).toBe('/other');
  });

  it('a child may not reuse a name, whatever its case, unless it removes the rule first', () => {
    const parent = rules(to('a', 'x'));
    const loaded = model({ '/site/web.config': parent, '/dante/web.config': rules(to('A', 'y')) });
    expect(() => names(loaded, '/dante/x')).toThrow(duplicate('A'));
    const removed = rules(`<remove name="a" />${to('A', 'y')}`);
    expect(names(model({ '/site/web.config': parent, '/dante/web.config': removed }), '/dante/x')).toEqual(['A']);
  });

  it('a disabled rule still occupies its name', () => {
    const loaded = model({ '/dante/web.config': rules(`<rule name="a" enabled="false" />${to('a', 'x')}`) });
    expect(() => names(loaded, '/dante/x')).toThrow(duplicate('a'));
  });

  it('<clear /> drops the inherited rules and those above it in the same file', () => {
    const own = rules(`${to('above', 'x')}<clear />${to('below', 'y')}`);
    const loaded = model({ '/site/web.config': rules(to('root', 'x')), '/dante/web.config': own });
    expect(names(loaded, '/dante/x')).toEqual(['below']);
  });

  it('removing a rule that is not there is no error', () => {
    const loaded = model({ '/dante/web.config': rules(`<remove name="nobody" />${to('a', 'x')}`) });
    expect(names(loaded, '/dante/x')).toEqual(['a']);
  });

  it('inheritInChildApplications="false" keeps them from applications, not from folders', () => {
    const own = inLocation('.', rules(to('root', 'x')), 'inheritInChildApplications="false"');
    const loaded = model({ '/site/web.config': `<configuration>${own}</configuration>` });
    expect(names(loaded, '/folder/x')).toEqual(['root']);
    expect(names(loaded, '/dante/x')).toEqual([]);
  });
});

describe('inherited rewrite maps', () => {
  const map = (name: string, value: string, attributes = ''): string =>
    `<rewriteMap name="${name}" ${attributes}><add key="a" value="${value}" /></rewriteMap>`;
  const use = rules(to('r', '{M:{R:0}}'));

  it('are at hand for the rules of the levels below', () => {
    const files = { '/site/web.config': `<rewriteMaps>${map('M', 'found')}</rewriteMaps>`, '/dante/web.config': use };
    expect(runAt(model(files), '/dante/a').path).toBe('/dante/found');
  });

  it('can be removed and declared again; the map in effect at the URL is used', () => {
    const own = `<rewriteMaps><remove name="m" />${map('M', 'own', 'defaultValue="none"')}</rewriteMaps>${use}`;
    const files = { '/site/web.config': `<rewriteMaps>${map('M', 'root')}</rewriteMaps>`, '/dante/web.config': own };
    expect(runAt(model(files), '/dante/a').path).toBe('/dante/own');
    expect(runAt(model(files), '/dante/b').path).toBe('/dante/none');
  });

  it('after <clear /> are unknown: 500.50', () => {
    const files = {
      '/site/web.config': `<rewriteMaps>${map('M', 'root')}</rewriteMaps>`,
      '/dante/web.config': `<rewriteMaps><clear /></rewriteMaps>${use}`,
    };
    expect(runAt(model(files), '/dante/a').outcome).toMatchObject({ kind: 'error', subStatus: 50 });
  });

  it.each([
    ['the same key twice', `<rewriteMap name="M"><add key="a" value="1" /><add key="a" value="2" /></rewriteMap>`],
    ['two maps of one name', '<rewriteMap name="M" /><rewriteMap name="m" />'],
    ['a map without a name', '<rewriteMap />'],
    ['a name with blanks around it', '<rewriteMap name=" M" />'],
    ['an entry without a key', '<rewriteMap name="M"><add value="1" /></rewriteMap>'],
  ])('%s is 500.19', (_, inner) =>
    expect(() => configAt(model({ '/dante/web.config': `<rewriteMaps>${inner}</rewriteMaps>` }), '/dante/x')).toThrow(
      expect.objectContaining({ status: 500, subStatus: 19 }),
    ),
  );
});
