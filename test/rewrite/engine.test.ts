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

  it('disabled rules are reported and not run, and a bad pattern in one has no effect', () => {
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

  it('names the rule and keeps the plain explanation', () => {
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
