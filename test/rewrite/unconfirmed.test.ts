import { afterEach, describe, expect, it, vi } from 'vitest';
import type * as EngineModule from '../../src/rewrite/index.js';
import type * as ChoicesModule from '../../src/rewrite/unconfirmed.js';
import { condition, rule as outbound } from './outbound/support.js';
import { config, redirect, request, rule, site, to } from './rules.js';

type Engine = typeof EngineModule;
type Choices = { readonly [Name in keyof typeof ChoicesModule]?: unknown };

/** The engine with some of the unconfirmed choices made otherwise. */
async function engineWith(choices: Choices): Promise<Engine> {
  vi.resetModules();
  vi.doMock('../../src/rewrite/unconfirmed.js', async (original) => ({ ...(await original<object>()), ...choices }));
  return await import('../../src/rewrite/index.js');
}
afterEach(() => {
  vi.doUnmock('../../src/rewrite/unconfirmed.js');
  vi.resetModules();
});

type Rules = Parameters<typeof config>[0];
type Rest = Parameters<typeof config>[1] & { readonly scheme?: 'http' | 'https' };

const run = (engine: Engine, target: string, rules: Rules, { scheme = 'http', ...rest }: Rest = {}) =>
  engine.rewrite(request(target, { scheme }), engine.compileRewrite(config(rules, rest)), site(['C:\\site\\a']));
const all = (url: string, written: Parameters<typeof rule>[0] = {}) =>
  rule({ match: '.*', ...written, action: to(url) });
const after = (target: string, rules: Rules, rest: Rest = {}) => {
  return (engine: Engine): unknown => run(engine, target, rules, rest).path;
};
const kind = (target: string, rules: Rules, rest: Rest = {}) => {
  return (engine: Engine): unknown => run(engine, target, rules, rest).outcome.kind;
};
const message = (target: string, rules: Rules, rest: Rest = {}) => {
  return (engine: Engine): unknown => {
    const { outcome } = run(engine, target, rules, rest);
    return outcome.kind === 'error' ? outcome.message : outcome.kind;
  };
};
/** A response with the header x: 1 to `/x`, which an inbound rule rewrote to `/y`. */
const respond = (rules: Parameters<typeof outbound>[0], body?: string) => {
  return (engine: Engine) => {
    const section = { rules: [outbound(rules)], preConditions: [], customTags: [], rewriteBeforeCache: false };
    const compiled = engine.compileOutbound(config([], { outbound: section }));
    const inbound = run(engine, '/x', [all('y')]);
    return engine.rewriteResponse({ status: 200, headers: { x: '1' }, body }, request('/x'), compiled, site(), {
      after: inbound,
    });
  };
};
const custom = (status: number) =>
  rule({ action: { type: 'CustomResponse', status, subStatus: 0, reason: '', description: '' } });
const oneMap = { maps: [{ name: 'M', defaultValue: 'd', ignoreCase: true, entries: new Map<string, string>() }] };
const globalStop = { globalRules: [rule({ scope: 'Global', stopProcessing: true })] };

/** What is done, what comes of it as things are, the choice made otherwise, what comes of it then. */
type Case = [choice: keyof Choices, does: (engine: Engine) => unknown, now: unknown, otherwise: unknown, then: unknown];

const cases: readonly Case[] = [
  ['maxMatchSteps', kind(`/${'a'.repeat(12)}!`, [rule({ match: '^(a+)+$' })]), 'pass', 1000, 'error'],
  ['maxPatternLength', kind('/x', [rule({ match: 'xx' })]), 'pass', 1, 'error'],
  [
    'wildcardIsGreedy',
    after('/a/b/c', [all('{R:1}', { patternSyntax: 'Wildcard', match: '*/*' })]),
    '/a/b',
    false,
    '/a',
  ],
  [
    'wholeOfNegatedMatch',
    after('/b', [all('[{R:0}]', { match: { url: 'a', negate: true } })]),
    '/[]',
    (_: unknown, input: string) => input,
    '/[b]',
  ],
  ['wholeOfMissingMatch', after('/b', [rule({ action: to('[{R:0}]') })]), '/[b]', () => '', '/[]'],
  [
    'missingConditionPattern',
    kind(
      '/x',
      [custom(200)].map((one) => ({ ...one, conditions: [condition({ input: 'a' })] })),
    ),
    'custom',
    '^$',
    'pass',
  ],
  [
    'fileTestsWipeCaptures',
    after('/a', [all('[{C:1}]', { conditions: [{ input: 'c', pattern: '(c)' }, { matchType: 'IsFile' }] })]),
    '/[]',
    false,
    '/[c]',
  ],
  ['missingGroup', after('/a', [all('[{R:1}{R:5}{R:99}]', { match: 'a(b)?' })]), '/[]', '-', '/[--]'],
  ['unknownVariable', after('/a', [all('[{NOPE}]')]), '/[]', '-', '/[-]'],
  ['foldName', after('/a', [all('{m:x}')], oneMap), '/d', (name: string) => name, '/a'],
  ['unknownMapMessage', message('/x', [all('{Nope:x}')]), expect.stringContaining('"Nope"'), () => 'other', 'other'],
  [
    'providerMessage',
    message('/x', [all('{P:x}')], { providers: ['P'] }),
    expect.stringContaining('"P"'),
    () => 'other',
    'other',
  ],
  ['unclosedBraceMessage', message('/x', [all('{URL')]), expect.stringContaining('"{URL"'), () => 'other', 'other'],
  ['badReferenceMessage', message('/x', [all('{R:x}')]), expect.stringContaining('"{R:x}"'), () => 'other', 'other'],
  ['missingStatusMessage', message('/x', [custom(0)]), expect.stringContaining('status code'), () => 'other', 'other'],
  ['isCustomStatus', kind('/x', [custom(100)]), 'error', () => true, 'custom'],
  ['httpsValue', after('/x', [all('{HTTPS}')], { scheme: 'https' }), '/on', () => 'ON', '/ON'],
  ['httpUrlFollowsRewrite', after('/x', [all('y'), all('a{HTTP_URL}')]), '/a/y', false, '/a/x'],
  [
    'cacheUrlFollowsRewrite',
    (engine) => run(engine, '/x', [all('y'), all('z?{CACHE_URL}')]).query,
    'http://example.org:80/y',
    false,
    'http://example.org:80/x',
  ],
  [
    'locationIsAbsolute',
    (engine) => run(engine, '/x', [rule({ action: redirect('/y') })]).outcome,
    expect.objectContaining({ location: 'http://example.org/y' }),
    false,
    expect.objectContaining({ location: '/y' }),
  ],
  ['disabledRulesAreCompiled', kind('/x', [rule({ match: '*', enabled: false })]), 'pass', true, 'error'],
  ['globalStopEndsDistributed', after('/x', [all('y')], globalStop), '/y', true, '/x'],
  ['urlEncodeKeeps', after('/x', [all('{UrlEncode:a~}')]), '/a~', /[a-z]/, '/a%7E'],
  [
    'nonUtf8IsLatin1',
    (engine) => engine.cookUrl('/%FC'),
    { path: '/ü', query: '' },
    false,
    { error: expect.any(String) },
  ],
  [
    'outboundUrlFollowsRewrite',
    (engine) => respond({ match: { serverVariable: 'RESPONSE_X', pattern: '.' }, value: '{URL}' })(engine).headers.x,
    '/y',
    false,
    '/x',
  ],
  [
    'maxBodySteps',
    (engine) => respond({ match: { pattern: '(a|aa)+$' }, value: '' }, `${'a'.repeat(20)}!`)(engine).outcome.kind,
    'pass',
    () => 1000,
    'error',
  ],
  [
    'unknownNameSubStatus',
    (engine) => respond({ preCondition: 'nope' })(engine).outcome,
    expect.objectContaining({ subStatus: 50 }),
    52,
    expect.objectContaining({ subStatus: 52 }),
  ],
  [
    'unknownOutboundNameMessage',
    (engine) => respond({ preCondition: 'nope' })(engine).outcome,
    expect.objectContaining({ message: expect.stringContaining('"nope"') }),
    () => 'other',
    expect.objectContaining({ message: 'other' }),
  ],
  [
    'wildcardBodyMessage',
    (engine) => respond({ name: 'mine', patternSyntax: 'Wildcard', match: { pattern: '*' } }, 'x')(engine).outcome,
    expect.objectContaining({ message: expect.stringContaining('"mine"') }),
    () => 'other',
    expect.objectContaining({ message: 'other' }),
  ],
];

describe('a choice that no source settles is made in one place:', () => {
  it.each(cases)('%s', async (choice, does, now, otherwise, then) => {
    expect(does(await engineWith({}))).toEqual(now);
    expect(does(await engineWith({ [choice]: otherwise }))).toEqual(then);
  });

  it('every one of them is held here', async () => {
    const { ...choices } = await import('../../src/rewrite/unconfirmed.js');
    expect(cases.map(([choice]) => choice).sort()).toEqual(Object.keys(choices).sort());
  });
});
