import { describe, expect, it } from 'vitest';
import { compileRewrite, rewrite } from '../../src/rewrite/index.js';
import { config, redirect, request, rule, run, site, to, urlAfter } from './rules.js';

const all = (rest: Parameters<typeof rule>[0]) => rule({ match: '.*', ...rest });
const verdicts = (result: ReturnType<typeof run>): string[] => result.steps.map((step) => step.verdict);

describe('what match url sees', () => {
  it.each([
    ['/dante', '/dante/socket.io/1/?t=5', 'socket.io/1/'],
    ['', '/dante/socket.io/1/?t=5', 'dante/socket.io/1/'],
    ['/dante/socket.io', '/dante/socket.io/1/?t=5', '1/'],
    ['/DANTE', '/dante/socket.io/', 'socket.io/'],
    ['/dante', '/dante', ''],
    ['/dante', '/dante/', ''],
    ['', '/', ''],
    ['/dante', '/dante/a%20b%2Fc', 'a b/c'],
  ])('of a rule at "%s" for %s: "%s"', (basePath, target, input) =>
    expect(run(target, [all({ basePath })]).steps[0]?.input).toBe(input),
  );

  it('is relative to the level that owns the rule, rule by rule', () => {
    const steps = run('/dante/x', [all({ basePath: '' }), all({ basePath: '/dante' })]).steps;
    expect(steps.map((step) => step.input)).toEqual(['dante/x', 'x']);
  });

  it('/dantesque is not below /dante', () =>
    expect(verdicts(run('/dantesque', [all({ basePath: '/dante' })]))).toEqual(['skipped-out-of-scope']));

  it('matches without case unless ignoreCase is false', () => {
    expect(verdicts(run('/ABC', [rule({ match: 'abc' })]))).toEqual(['applied']);
    expect(verdicts(run('/ABC', [rule({ match: { url: 'abc', ignoreCase: false } })]))).toEqual(['not-matched']);
  });

  it('a rule without match matches every URL', () => expect(verdicts(run('/x', [rule({})]))).toEqual(['applied']));

  it('negate: the rule goes on when the pattern does not match, without groups', () => {
    const rules = [rule({ match: { url: '^(a)', negate: true }, action: to('x-{R:0}-{R:1}') })];
    expect(urlAfter('/b', rules)).toBe('/x--');
    expect(verdicts(run('/a', rules))).toEqual(['not-matched']);
  });
});

describe('the run', () => {
  it('goes once, top to bottom; a later rule sees what an earlier one made', () => {
    const result = run('/a', [
      rule({ match: '^b$', action: to('c') }),
      rule({ match: '^a$', action: to('b') }),
      rule({ match: '^b$', action: to('d') }),
    ]);
    expect(result.path).toBe('/d');
    expect(verdicts(result)).toEqual(['not-matched', 'applied', 'applied']);
    expect(result.outcome).toEqual({ kind: 'rewrite', originalUrl: '/a' });
  });

  it('stopProcessing hides the rules behind it, and only when the rule applies', () => {
    const rules = [rule({ match: '^a$', action: to('b'), stopProcessing: true }), all({ action: to('c') })];
    expect(urlAfter('/a', rules)).toBe('/b');
    expect(urlAfter('/x', rules)).toBe('/c');
  });

  it.each([
    ['Redirect', redirect('x')],
    ['CustomResponse', { type: 'CustomResponse', status: 403, subStatus: 0, reason: '', description: '' }],
    ['AbortRequest', { type: 'AbortRequest' }],
  ] as const)('%s ends it', (_, action) =>
    expect(verdicts(run('/a', [all({ action }), all({})]))).toEqual(['applied', 'skipped-after-stop']),
  );

  it('Rewrite and None do not end it', () =>
    expect(verdicts(run('/a', [all({ action: to('b') }), all({}), all({})]))).toEqual([
      'applied',
      'applied',
      'applied',
    ]));

  it('disabled rules are told of and not run, and a bad pattern in one does no harm', () => {
    const result = run('/a', [rule({ match: '*', enabled: false, action: to('x') })]);
    expect(result.outcome).toEqual({ kind: 'pass' });
    expect(verdicts(result)).toEqual(['skipped-disabled']);
  });

  it('a rule whose directory the URL has left is skipped', () =>
    expect(verdicts(run('/dante/a', [all({ action: to('other') }), all({ basePath: '/dante' })]))).toEqual([
      'applied',
      'skipped-out-of-scope',
    ]));

  it('runs the global rules first, then the distributed ones, also after a global stopProcessing', () => {
    const globalRules = [
      rule({ scope: 'Global', match: '^a$', action: to('b'), stopProcessing: true }),
      rule({ scope: 'Global' }),
    ];
    const result = run('/a', [rule({ match: '^b$', action: to('c') })], { config: { globalRules } });
    expect(result.path).toBe('/c');
    expect(verdicts(result)).toEqual(['applied', 'skipped-after-stop', 'applied']);
  });

  it('asks for the distributed rules of the URL that the global rules left', () => {
    const globalRules = [rule({ scope: 'Global', match: '^a$', action: to('dante/b') })];
    const there = compileRewrite(config([all({ basePath: '/dante', action: to('c') })]));
    const seen: string[] = [];
    const distributed = (path: string, query: string) => {
      seen.push(path, query);
      return there;
    };
    expect(urlAfter('/a?q', [], { config: { globalRules }, options: { distributed } })).toBe('/dante/c?q');
    expect(seen).toEqual(['/dante/b', 'q']);
    expect(urlAfter('/a', [all({ action: to('x') })], { options: { distributed: () => undefined } })).toBe('/a');
  });
});

it('goes on from an earlier run: URL, headers, variables and the first original URL stay', () => {
  const first = run('/a b?q', [all({ action: to('b'), set: { MINE: 'm' } })], {
    config: { allowedServerVariables: ['MINE'] },
  });
  const rules = [rule({ match: '^b$', action: to('{MINE}{HTTP_X_ORIGINAL_URL}') })];
  const second = run('/a b?q', rules, { options: { after: first } });
  expect(second.path).toBe('/m/a b');
  expect(second.headers).toEqual({ 'x-original-url': '/a%20b?q' });
  expect(second.outcome).toEqual({ kind: 'rewrite', originalUrl: '/a%20b?q' });
});

describe('conditions', () => {
  const when = (conditions: NonNullable<Parameters<typeof rule>[0]['conditions']>, rest = {}) =>
    rule({ conditions, action: to('yes/{C:0}/{C:1}/{C:2}/{C:3}'), ...rest });

  it('are looked at only after the pattern matched', () => {
    const step = run('/x', [when([{ input: '{URL}', pattern: '.' }], { match: '^a$' })]).steps[0];
    expect(step).toMatchObject({ verdict: 'not-matched', conditions: [] });
  });

  it('MatchAll leaves off at the first that fails, MatchAny at the first that holds', () => {
    const inputs = (logicalGrouping: 'MatchAll' | 'MatchAny') =>
      run('/x', [
        rule({
          logicalGrouping,
          conditions: [
            { input: 'a', pattern: 'a' },
            { input: 'b', pattern: 'x' },
            { input: 'c', pattern: 'c' },
          ],
        }),
      ]).steps[0];
    expect(inputs('MatchAll')?.conditions.map((step) => step.matched)).toEqual([true, false]);
    expect(inputs('MatchAll')?.verdict).toBe('condition-failed');
    expect(inputs('MatchAny')?.conditions.map((step) => step.matched)).toEqual([true]);
    expect(inputs('MatchAny')?.verdict).toBe('applied');
  });

  it('none of MatchAny: the rule fails; no conditions at all: it holds', () => {
    expect(
      verdicts(run('/x', [rule({ logicalGrouping: 'MatchAny', conditions: [{ input: 'a', pattern: 'b' }] })])),
    ).toEqual(['condition-failed']);
    expect(verdicts(run('/x', [rule({ logicalGrouping: 'MatchAny' })]))).toEqual(['applied']);
  });

  it('expand their input, never their pattern', () => {
    const step = run('/x', [when([{ input: '{R:0}-{HTTP_HOST}', pattern: '^x-example\\.org$' }], { match: '.*' })])
      .steps[0];
    expect(step?.conditions[0]).toMatchObject({ input: '{R:0}-{HTTP_HOST}', expanded: 'x-example.org', matched: true });
    expect(run('/x', [when([{ input: 'a', pattern: '{HTTP_HOST}' }])]).outcome.kind).toBe('error');
  });

  it('use the syntax of their rule', () => {
    const rules = [when([{ input: 'abc', pattern: 'a*' }], { patternSyntax: 'Wildcard' })];
    expect(urlAfter('/x', rules)).toBe('/yes/abc/bc/');
  });

  it('{C:n} points to the last matched condition only', () =>
    expect(
      urlAfter('/x', [
        when([
          { input: 'ab', pattern: '(a)(b)' },
          { input: 'c', pattern: '(c)' },
        ]),
      ]),
    ).toBe('/yes/c/c/'));

  it('trackAllCaptures numbers the groups of all on, with {C:0} of the first', () =>
    expect(
      urlAfter('/x', [
        when(
          [
            { input: 'ab', pattern: '(a)(b)' },
            { input: 'c', pattern: '(c)' },
          ],
          { trackAllCaptures: true },
        ),
      ]),
    ).toBe('/yes/ab/a/b/c'));

  it('a later input may use the groups of an earlier condition', () =>
    expect(
      urlAfter('/x', [
        when([
          { input: 'ab', pattern: '(a)(b)' },
          { input: '{C:2}', pattern: '(b)' },
        ]),
      ]),
    ).toBe('/yes/b/b/'));

  it('a negated condition at the end leaves {C:1} empty', () =>
    expect(
      urlAfter('/x', [
        when([
          { input: 'a', pattern: '(a)' },
          { input: 'b', pattern: '(c)', negate: true },
        ]),
      ]),
    ).toBe('/yes/'));

  it('compares two variables through a regex back-reference', () => {
    const rules = [when([{ input: '{HTTP_HOST}#example.org', pattern: '^([^#]+)#\\1$' }])];
    expect(verdicts(run('/x', rules))).toEqual(['applied']);
  });

  it('IsFile and IsDirectory ask the disk, of the request without an input', () => {
    const disk = site(['C:\\site\\a.css'], ['C:\\site\\css']);
    const test = (target: string, matchType: 'IsFile' | 'IsDirectory', input?: string, negate = false) =>
      run(target, [rule({ conditions: [{ matchType, input, negate }] })], { site: disk }).steps[0]?.verdict;
    expect(test('/a.css', 'IsFile', '{REQUEST_FILENAME}')).toBe('applied');
    expect(test('/b.css', 'IsFile', '{REQUEST_FILENAME}')).toBe('condition-failed');
    expect(test('/b.css', 'IsFile', '{REQUEST_FILENAME}', true)).toBe('applied');
    expect(test('/a.css', 'IsFile')).toBe('applied');
    expect(test('/css', 'IsDirectory')).toBe('applied');
    expect(test('/css/', 'IsDirectory')).toBe('applied');
    expect(test('/css', 'IsFile')).toBe('condition-failed');
    expect(test('/x', 'IsFile', '{DOCUMENT_ROOT}\\a.css')).toBe('applied');
  });

  it('MatchAny over two negated file tests is always true', () => {
    const rules = [
      rule({
        logicalGrouping: 'MatchAny',
        conditions: [
          { matchType: 'IsFile', negate: true },
          { matchType: 'IsDirectory', negate: true },
        ],
      }),
    ];
    expect(verdicts(run('/a.css', rules, { site: site(['C:\\site\\a.css']) }))).toEqual(['applied']);
  });

  it('{REQUEST_FILENAME} follows an earlier rewrite', () => {
    const rules = [all({ action: to('public/{R:0}') }), rule({ conditions: [{ matchType: 'IsFile' }] })];
    const step = run('/a.css', rules, { site: site(['C:\\site\\public\\a.css']) }).steps[1];
    expect(step?.conditions[0]).toMatchObject({ expanded: 'C:\\site\\public\\a.css', matched: true });
  });
});

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
  it('gives node the original URL in X-Original-URL, encoded anew, query included', () => {
    const result = run('/a%20b%2Fc%3D%25%24?q=%20', [all({ action: to('server.js') })]);
    expect(result.outcome).toEqual({ kind: 'rewrite', originalUrl: '/a%20b/c=%25$?q=%20' });
    expect(result.headers['x-original-url']).toBe('/a%20b/c=%25$?q=%20');
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

describe('errors of the configuration', () => {
  it.each([
    ['a bad pattern', { match: '[' }],
    ['a bad condition pattern', { conditions: [{ input: 'a', pattern: '(' }] }],
    ['an unknown map', { action: to('{Nope:x}') }],
    ['an unclosed brace', { action: to('{URL') }],
    ['a reference that is no number', { action: to('{R:x}') }],
  ])('%s makes every request of the scope 500.50', (_, written) => {
    const result = run('/x', [rule({}), rule(written)]);
    expect(result.outcome).toMatchObject({ kind: 'error', status: 500, subStatus: 50 });
    expect(result.steps).toHaveLength(2);
  });

  it('in global rules they are 500.51', () => {
    const globalRules = [rule({ scope: 'Global', match: '*' })];
    expect(run('/x', [rule({})], { config: { globalRules } }).outcome).toMatchObject({ subStatus: 51 });
  });

  it('a provider is not guessed at', () => {
    const result = run('/x', [rule({ action: to('{DB:x}') })], { config: { providers: ['DB'] } });
    expect(result.outcome).toMatchObject({ kind: 'error', message: expect.stringContaining('provider "DB"') });
  });

  it('names the rule and keeps the plain words', () => {
    const bad = rule({ match: 'a(', name: 'mine' });
    expect(compileRewrite(config([bad])).problems).toEqual([
      {
        rule: bad,
        message: `The expression "a(" contains an unmatched '(' or ')'.`,
        detail: 'the "(" at position 2 is not closed',
      },
    ]);
  });

  it('a match that is too complex is 500.50 for that request', () => {
    const rules = [rule({ match: '^(a+)+$' }), rule({})];
    const result = run(`/${'a'.repeat(60)}!`, rules);
    expect(result.outcome).toMatchObject({
      kind: 'error',
      subStatus: 50,
      message: expect.stringContaining('too complex'),
    });
    expect(result.steps).toHaveLength(2);
    expect(run('/aaa', rules).outcome).toEqual({ kind: 'pass' });
  });
});

it('one compiled configuration serves any number of requests, without memory of them', () => {
  const compiled = compileRewrite(config([rule({ match: '^a(.)$', action: to('{R:1}{C:1}') })]));
  const first = rewrite(request('/ab'), compiled, site());
  rewrite(request('/zz'), compiled, site());
  const again = rewrite(request('/ab'), compiled, site());
  expect(again.path).toBe('/b');
  expect(again.steps).toEqual(first.steps);
});
