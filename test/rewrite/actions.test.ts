import { describe, expect, it } from 'vitest';
import { redirect, rule, run, site, to, urlAfter } from './rules.js';

const all = (rest: Parameters<typeof rule>[0]) => rule({ match: '.*', ...rest });
const verdicts = (result: ReturnType<typeof run>): string[] => result.steps.map((step) => step.verdict);

describe('a relative or rooted action URL', () => {
  it.each([
    ['', 'server.js', '/server.js'],
    ['/dante', 'server.js', '/dante/server.js'],
    ['/dante', '/server.js', '/server.js'],
    ['/dante', 'dante/server.js', '/dante/dante/server.js'],
    ['/dante', 'public{REQUEST_URI}', '/dante/public/dante/x'],
    ['/dante', '../up.js', '/up.js'],
    ['/dante', '../../../up.js', '/up.js'],
    ['/dante', 'a\\b//c/./d', '/dante/a/b/c/d'],
    ['/dante', '', '/dante/'],
    ['/dante', '~/x', '/dante/~/x'],
    ['/dante', 'C:\\x\\server.js', '/dante/C:/x/server.js'],
    ['/dante', '//other.example/x', '/other.example/x'],
  ])('at "%s": %s -> %s', (basePath, url, expected) =>
    expect(urlAfter('/dante/x', [all({ basePath, action: to(url, false) })])).toBe(expected),
  );
});

describe('the query string', () => {
  it.each([
    ['server.js', 'EIO=4&sid=a', true, 'EIO=4&sid=a'],
    ['server.js', 'EIO=4', false, ''],
    ['a.js?x=1', '', true, 'x=1'],
    ['a.js?x=1', 'y=2', true, 'x=1&y=2'],
    ['a.js?x=1', 'y=2', false, 'x=1'],
    ['a.js?{QUERY_STRING}', 'y=2', true, 'y=2&y=2'],
    ['{REQUEST_URI}', 'y=2', true, 'y=2&y=2'],
    ['a.js?', 'y=2', true, 'y=2'],
    ['a.js?x=?&y', '', true, 'x=?&y'],
  ])('of %s with "%s", append %s: "%s"', (url, query, append, expected) =>
    expect(run(`/z${query === '' ? '' : `?${query}`}`, [all({ action: to(url, append) })]).query).toBe(expected),
  );
});

describe('Rewrite', () => {
  it('gives node the original URL in X-Original-URL, encoded again, query included', () => {
    const result = run('/a%20b%2Fc%3D%25%24?q=%20', [all({ action: to('server.js') })]);
    expect(result.outcome).toEqual({ kind: 'rewrite', originalUrl: '/a%20b/c=%25$?q=%20' });
    expect(result.headers['x-original-url']).toBe('/a%20b/c=%25$?q=%20');
  });

  it('takes the path as decoded text: a blank stays one, an escape is not decoded again', () => {
    expect(run('/x', [all({ action: to('a b%20c') })]).path).toBe('/a b%20c');
    expect(run('/a%2520b', [all({ action: to('{R:0}') })]).path).toBe('/a%20b');
  });

  it('useOriginalURLEncoding: {UNENCODED_URL} is encoded a second time, unless it is false', () => {
    const proxied = (url: string, useOriginalUrlEncoding: boolean) =>
      run('/a%2Fb%3D?q=%2F', [all({ action: to(url, false), useOriginalUrlEncoding })]);
    const back = 'http://localhost:3000{UNENCODED_URL}';
    expect(proxied(back, true).outcome).toEqual({ kind: 'proxy', url: 'http://localhost:3000/a%252Fb%253D?q=%2F' });
    expect(proxied(back, false).outcome).toEqual({ kind: 'proxy', url: 'http://localhost:3000/a%2Fb%3D?q=%2F' });
    expect(proxied('/x{UNENCODED_URL}', true).path).toBe('/x/a%2Fb%3D');
    expect(proxied('/x{UNENCODED_URL}', false).path).toBe('/x/a/b=');
    expect(proxied('/x%2e%2e/%00%zz\ud800', false).path).toBe('/x%2e%2e/%00%zz\ud800');
  });

  it('without a query leaves none, and splits its own off at the first question mark', () => {
    expect(run('/x', [all({ action: to('a?b?c') })])).toMatchObject({ path: '/a', query: 'b?c' });
    expect(run('/x', [all({ action: to('a') })])).toMatchObject({ path: '/a', query: '' });
  });

  it('does not ask whether its target exists', () => {
    const asked: string[] = [];
    const disk = { ...site(), isFile: (path: string) => asked.push(path) > 99, isDirectory: () => false };
    expect(run('/x', [all({ action: to('nowhere.js') })], { site: disk }).path).toBe('/nowhere.js');
    expect(asked).toEqual([]);
  });

  it('that does not happen does not change an X-Original-URL of the client', () => {
    const result = run('/a', [rule({ match: 'b', action: to('c') })], {
      request: { headers: { 'x-original-url': '/forged' } },
    });
    expect(result).toMatchObject({ outcome: { kind: 'pass' }, headers: {}, originalUrl: undefined });
  });

  it('keeps the first original over several rewrites, and replaces what the client sent', () => {
    const result = run('/a', [all({ action: to('b') }), all({ action: to('c') })], {
      request: { headers: { 'x-original-url': '/forged' } },
    });
    expect(result.headers['x-original-url']).toBe('/a');
  });

  it('to another host is a matter for a proxy and ends the run', () => {
    const result = run('/x y?q=1', [all({ action: to('http://localhost:3000/{R:0}') }), all({})]);
    expect(result.outcome).toEqual({ kind: 'proxy', url: 'http://localhost:3000/x%20y?q=1' });
    expect(verdicts(result)).toEqual(['applied', 'skipped-after-stop']);
  });
});

describe('Redirect', () => {
  const location = (target: string, action: ReturnType<typeof redirect>, rest = {}) => {
    const { outcome } = run(target, [all({ action, basePath: '/dante' })], rest);
    return outcome.kind === 'redirect' ? [outcome.status, outcome.location] : outcome;
  };

  it.each([301, 302, 303, 307] as const)('answers %i', (status) =>
    expect(location('/dante/x', redirect('y', status))).toEqual([status, 'http://example.org/dante/y']),
  );

  it.each([
    ['y', 'http://example.org/dante/y?q=1'],
    ['/y', 'http://example.org/y?q=1'],
    ['https://{HTTP_HOST}{REQUEST_URI}', 'https://example.org/dante/x?q=1&q=1'],
    ['https://other.example/{R:0}', 'https://other.example/x?q=1'],
    ['/a b/é', 'http://example.org/a%20b/%C3%A9?q=1'],
    ['/a%20b/100%', 'http://example.org/a%20b/100%25?q=1'],
    ['/y?a={UrlDecode:%0d%0aSet-Cookie: x}', 'http://example.org/y?a=%0D%0ASet-Cookie:%20x&q=1'],
  ])('to %s sends %s', (url, expected) => expect(location('/dante/x?q=1', redirect(url))).toEqual([301, expected]));

  it('without a Host header names the local address', () =>
    expect(location('/dante/x', redirect('y'), { request: { host: '' } })).toEqual([
      301,
      'http://192.0.2.1:80/dante/y',
    ]));
});

describe('CustomResponse and AbortRequest', () => {
  it('carries status, sub-status, and expanded reason and description', () => {
    const action = {
      type: 'CustomResponse',
      status: 403,
      subStatus: 7,
      reason: 'No {R:0}',
      description: '{URL}!',
    } as const;
    expect(run('/x', [all({ action })]).outcome).toEqual({
      kind: 'custom',
      status: 403,
      subStatus: 7,
      reason: 'No x',
      description: '/x!',
    });
  });

  it.each([200, 299, 308, 404, 999])('may have status %i', (status) => {
    const action = { type: 'CustomResponse', status, subStatus: 0, reason: '', description: '' } as const;
    expect(run('/x', [all({ action })]).outcome).toMatchObject({ kind: 'custom', status });
  });

  it.each([
    ['a Redirect', redirect('y')],
    ['a CustomResponse', { type: 'CustomResponse', status: 403, subStatus: 0, reason: '', description: '' }],
    ['an AbortRequest', { type: 'AbortRequest' }],
  ] as const)('%s sets the server variables of its rule first', (_, action) => {
    const result = run('/x', [all({ action, set: { HTTP_X: '1' } })], {
      config: { allowedServerVariables: ['HTTP_X'] },
    });
    expect(result.headers).toEqual({ x: '1' });
  });

  it('without a status is an error of the scope', () => {
    const action = { type: 'CustomResponse', status: 0, subStatus: 0, reason: '', description: '' } as const;
    expect(run('/x', [all({ action })]).outcome).toMatchObject({ kind: 'error', subStatus: 50 });
  });

  it('aborts', () => expect(run('/x', [all({ action: { type: 'AbortRequest' } })]).outcome).toEqual({ kind: 'abort' }));
});

describe('serverVariables', () => {
  const allowedServerVariables = ['HTTP_X_FORWARDED_PROTO', 'http_accept_encoding', 'MINE'];
  const set = (serverVariables: Record<string, string>, rest = {}) =>
    run('/x', [all({ set: serverVariables })], { config: { allowedServerVariables }, ...rest });

  it('set request headers: prefix off, underscores to hyphens, lower case, also with action None', () => {
    const result = set({ HTTP_X_FORWARDED_PROTO: '{HTTPS}', HTTP_ACCEPT_ENCODING: '' });
    expect(result.outcome).toEqual({ kind: 'pass' });
    expect(result.headers).toEqual({ 'x-forwarded-proto': 'off', 'accept-encoding': '' });
  });

  it('without braces set the literal text', () =>
    expect(set({ HTTP_ACCEPT_ENCODING: 'HTTP_ACCEPT_ENCODING' }).headers['accept-encoding']).toBe(
      'HTTP_ACCEPT_ENCODING',
    ));

  it('replace="false" keeps what is there', () => {
    const serverVariables = [{ name: 'HTTP_X_FORWARDED_PROTO', value: 'http', replace: false }];
    const rules = [all({ serverVariables })];
    const of = (headers: Record<string, string>) =>
      run('/x', rules, { config: { allowedServerVariables }, request: { headers } }).headers;
    expect(of({ 'x-forwarded-proto': 'https' })).toEqual({});
    expect(of({})).toEqual({ 'x-forwarded-proto': 'http' });
  });

  it('replace="false" keeps a server variable that has a value by itself', () => {
    const serverVariables = [
      { name: 'REMOTE_ADDR', value: 'new', replace: false },
      { name: 'AUTH_USER', value: 'new', replace: false },
    ];
    const config = { allowedServerVariables: ['REMOTE_ADDR', 'AUTH_USER'] };
    const rules = [all({ serverVariables }), all({ action: to('{REMOTE_ADDR}/{AUTH_USER}') })];
    expect(run('/x', rules, { config })).toMatchObject({ path: '/192.0.2.7/new', variables: { AUTH_USER: 'new' } });
  });

  it('expand their value and the action of the rule from the same snapshot', () => {
    const rules = [all({ set: { MINE: 'new' }, action: to('[{MINE}]') })];
    expect(run('/x', rules, { config: { allowedServerVariables } }).path).toBe('/[]');
  });

  it('do not expand the name that is set', () => {
    const rules = [all({ set: { '{HTTP_HOST}': 'x' } })];
    const result = run('/x', rules, { config: { allowedServerVariables: ['{HTTP_HOST}'] } });
    expect(result.variables).toEqual({ '{HTTP_HOST}': 'x' });
  });

  it('one that is not allowed keeps the allowed ones of its rule from being set, and the action from being done', () => {
    const rules = [all({ set: { MINE: '1', HTTP_X_FORWARDED_PROTO: '2', REMOTE_ADDR: '3' }, action: to('y') })];
    const result = run('/x', rules, { config: { allowedServerVariables } });
    expect(result).toMatchObject({ path: '/x', headers: {}, variables: {}, outcome: { kind: 'error' } });
  });

  it('are not set when a condition fails', () => {
    const rules = [all({ set: { HTTP_HOST: 'x' }, conditions: [{ input: 'a', pattern: 'b' }] })];
    expect(run('/x', rules)).toMatchObject({ headers: {}, outcome: { kind: 'pass' } });
  });

  it('can be read by a later rule', () => {
    const result = run('/x', [all({ set: { MINE: 'abc' } }), all({ action: to('{MINE}') })], {
      config: { allowedServerVariables },
    });
    expect(result.path).toBe('/abc');
    expect(result.variables).toEqual({ MINE: 'abc' });
  });

  it('not on the allowed list: 500.50, only for requests that fire the rule', () => {
    const rules = [rule({ match: '^x$', set: { HTTP_HOST: 'y' } }), all({})];
    const result = run('/x', rules);
    expect(result.outcome).toMatchObject({
      kind: 'error',
      status: 500,
      subStatus: 50,
      message:
        'The server variable "HTTP_HOST" is not allowed to be set. Add the server variable name to the allowed server variable list.',
    });
    expect(result.headers).toEqual({});
    expect(verdicts(result)).toEqual(['applied', 'skipped-after-stop']);
    expect(run('/y', rules).outcome).toEqual({ kind: 'pass' });
  });

  it('of global rules need no list', () => {
    const globalRules = [rule({ scope: 'Global', set: { HTTP_HOST: 'y' } })];
    expect(run('/x', [], { config: { globalRules } }).headers).toEqual({ host: 'y' });
  });
});
