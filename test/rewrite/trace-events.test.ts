import { describe, expect, it } from 'vitest';
import { type RewriteEvent, type RewriteRule, rewriteEvents } from '../../src/rewrite/index.js';
import { redirect, request, rule, run, to } from './rules.js';

type Options = Parameters<typeof run>[2];

function eventsOf(target: string, rules: readonly RewriteRule[], options?: Options): readonly RewriteEvent[] {
  return rewriteEvents(request(target), run(target, rules, options));
}
const namesOf = (target: string, rules: readonly RewriteRule[], options?: Options): string[] =>
  eventsOf(target, rules, options).map(({ event }) => event);

describe('the events of a run', () => {
  it('are those of Failed Request Tracing, with what it records', () => {
    const rules = [
      rule({
        name: 'socket.io',
        basePath: '/dante',
        match: '^socket\\.io',
        stopProcessing: true,
        conditions: [{ input: '{HTTP_HOST}', pattern: '^example' }],
        action: to('server.js'),
      }),
    ];
    const url = { url: '/dante/socket.io/', query: 'EIO=4' };
    expect(eventsOf('/dante/socket.io/?EIO=4', rules)).toEqual([
      { event: 'URL_REWRITE_START', data: { ...url, scope: 'Distributed' } },
      {
        event: 'RULE_EVALUATION_START',
        rule: 'socket.io',
        data: { name: 'socket.io', ...url, patternSyntax: 'ECMAScript', stopProcessing: true, relativePath: '/dante/' },
      },
      {
        event: 'PATTERN_MATCH',
        rule: 'socket.io',
        data: { pattern: '^socket\\.io', input: 'socket.io/', negated: false, matched: true },
      },
      { event: 'CONDITIONS_EVALUATION_START', rule: 'socket.io', data: { logicalGrouping: 'MatchAll' } },
      {
        event: 'CONDITION_EVALUATION',
        rule: 'socket.io',
        data: {
          input: '{HTTP_HOST}',
          expandedInput: 'example.org',
          matchType: 'Pattern',
          pattern: '^example',
          negated: false,
          succeeded: true,
        },
      },
      { event: 'CONDITIONS_EVALUATION_END', rule: 'socket.io', data: { succeeded: true } },
      {
        event: 'REWRITE_ACTION',
        rule: 'socket.io',
        data: {
          substitution: 'server.js',
          newUrl: '/dante/server.js?EIO=4',
          appendQueryString: true,
          logRewrittenUrl: false,
        },
      },
      { event: 'RULE_EVALUATION_END', rule: 'socket.io', data: { name: 'socket.io', ...url, succeeded: true } },
      { event: 'URL_REWRITE_END', data: { url: '/dante/server.js', query: 'EIO=4', scope: 'Distributed' } },
    ]);
  });

  it('report each scope separately, the second from the URL the first left', () => {
    const globalRules = [rule({ scope: 'Global', match: '^a$', action: to('b?c') })];
    const starts = eventsOf('/a', [rule({ match: 'x' })], { config: { globalRules } }).filter(({ event }) =>
      event.startsWith('URL_REWRITE'),
    );
    expect(starts.map(({ event, data }) => [event, data.scope, data.url, data.query])).toEqual([
      ['URL_REWRITE_START', 'Global', '/a', ''],
      ['URL_REWRITE_END', 'Global', '/b', 'c'],
      ['URL_REWRITE_START', 'Distributed', '/b', 'c'],
      ['URL_REWRITE_END', 'Distributed', '/b', 'c'],
    ]);
  });

  it('give a later rule the URL an earlier one made', () => {
    const rules = [rule({ match: '^a$', action: to('b') }), rule({ match: '^b$' })];
    const seen = eventsOf('/a', rules).filter(({ event }) => event === 'RULE_EVALUATION_START');
    expect(seen.map(({ data }) => data.url)).toEqual(['/a', '/b']);
  });

  const around = (inner: readonly string[]) => [
    'URL_REWRITE_START',
    'RULE_EVALUATION_START',
    ...inner,
    'RULE_EVALUATION_END',
    'URL_REWRITE_END',
  ];
  const match = '.*';
  it.each([
    ['None', { match }, ['PATTERN_MATCH']],
    ['no match element', {}, []],
    ['a pattern that does not match', { match: 'y' }, ['PATTERN_MATCH']],
    ['Redirect', { match, action: redirect('y') }, ['PATTERN_MATCH', 'REDIRECT_ACTION']],
    ['AbortRequest', { match, action: { type: 'AbortRequest' } }, ['PATTERN_MATCH', 'ABORT_REQUEST_ACTION']],
    [
      'CustomResponse',
      { match, action: { type: 'CustomResponse', status: 403, subStatus: 1, reason: '', description: '' } },
      ['PATTERN_MATCH', 'CUSTOM_RESPONSE_ACTION'],
    ],
    ['a server variable', { match, set: { HTTP_X: '1' } }, ['PATTERN_MATCH', 'SET_SERVER_VARIABLE']],
    [
      'a condition that fails',
      { match, action: to('y'), conditions: [{ input: 'a', pattern: 'b' }] },
      ['PATTERN_MATCH', 'CONDITIONS_EVALUATION_START', 'CONDITION_EVALUATION', 'CONDITIONS_EVALUATION_END'],
    ],
  ] as const)('of %s', (_, written, inner) =>
    expect(namesOf('/x', [rule(written)], { config: { allowedServerVariables: ['HTTP_X'] } })).toEqual(around(inner)),
  );

  it('show the expanded value of a variable that was set, and none for one that replace="false" kept', () => {
    const set = (replace: boolean) => [
      rule({ serverVariables: [{ name: 'HTTP_HOST', value: '{REMOTE_ADDR}', replace }] }),
    ];
    const config = { allowedServerVariables: ['HTTP_HOST'] };
    const event = eventsOf('/x', set(true), { config }).find((one) => one.event === 'SET_SERVER_VARIABLE');
    expect(event?.data).toEqual({ name: 'HTTP_HOST', value: '192.0.2.7' });
    expect(namesOf('/x', set(false), { config })).toEqual(around([]));
  });

  it('of a rule that failed end without success and without an action', () => {
    const events = eventsOf('/x', [rule({ set: { HTTP_HOST: '1' }, action: to('y') })]);
    expect(events.map(({ event }) => event)).toEqual(around([]));
    expect(events.at(-2)?.data.succeeded).toBe(false);
  });

  it('say of a negated pattern whether it was found', () => {
    const found = (target: string) =>
      eventsOf(target, [rule({ match: { url: 'a', negate: true } })]).find(({ event }) => event === 'PATTERN_MATCH')
        ?.data.matched;
    expect([found('/a'), found('/b')]).toEqual([true, false]);
  });

  it('leave out rules that were skipped', () => {
    const rules = [rule({ enabled: false }), rule({ basePath: '/dante' }), rule({ stopProcessing: true }), rule({})];
    expect(namesOf('/x', rules)).toEqual(around([]));
  });

  it('stay with the URL when the request goes to another host', () =>
    expect(eventsOf('/x', [rule({ action: to('http://other.example/y') })]).at(-1)?.data.url).toBe('/x'));
});
