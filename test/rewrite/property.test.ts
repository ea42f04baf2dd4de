import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRewrite, cookUrl, type RewriteAction, type RewriteRule, rewrite } from '../../src/rewrite/index.js';
import { config, redirect, request, rule, site, to } from './rules.js';

const text = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom('^a', '.*', '(a)(b)?', '^$', 'a*', '*', '[', 'socket\\.io', '(a+)+$', '{C:1}', ''),
  },
  { weight: 1, arbitrary: fc.string() },
);
const expansion = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom('{R:1}', '{C:1}', '{URL}', 'x?{QUERY_STRING}', '/x', '{ToLower:{R:0}}', '{M:{R:0}}', ''),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('{', '{R:x}', '{Nope:1}', '{{URL}}', '}', '..\\..\\x', 'http://h/{R:0}', '{HTTP_X}'),
  },
  { weight: 1, arbitrary: fc.string() },
);
const actions: fc.Arbitrary<RewriteAction> = fc.oneof(
  fc.constant<RewriteAction>({ type: 'None' }),
  fc.constant<RewriteAction>({ type: 'AbortRequest' }),
  fc.tuple(expansion, fc.boolean()).map(([url, append]) => to(url, append)),
  fc.tuple(expansion, fc.boolean()).map(([url, append]) => redirect(url, 302, append)),
  fc.tuple(fc.nat(1000), expansion).map(
    ([status, description]): RewriteAction => ({
      type: 'CustomResponse',
      status,
      subStatus: 1,
      reason: '',
      description,
    }),
  ),
);
const conditions = fc.array(
  fc.record({
    input: fc.option(expansion, { nil: undefined }),
    matchType: fc.constantFrom('Pattern' as const, 'IsFile' as const, 'IsDirectory' as const),
    pattern: fc.option(text, { nil: undefined }),
    negate: fc.boolean(),
  }),
  { maxLength: 3 },
);
const rules = (scope: 'Global' | 'Distributed'): fc.Arbitrary<readonly RewriteRule[]> =>
  fc.array(
    fc
      .record({
        enabled: fc.nat(9).map((n) => n > 0),
        patternSyntax: fc.constantFrom('ECMAScript' as const, 'Wildcard' as const, 'ExactMatch' as const),
        stopProcessing: fc.boolean(),
        logicalGrouping: fc.constantFrom('MatchAll' as const, 'MatchAny' as const),
        trackAllCaptures: fc.boolean(),
        match: fc.record({ url: text, negate: fc.boolean() }),
        conditions,
        action: actions,
        set: fc.dictionary(fc.constantFrom('HTTP_X', 'Y', 'HTTP___PROTO__'), expansion, { maxKeys: 2 }),
        basePath: scope === 'Global' ? fc.constant('') : fc.constantFrom('', '/a', '/a/b', '/dante'),
      })
      .map((written) => rule({ ...written, scope })),
    { maxLength: 6 },
  );
const targets = fc
  .oneof(
    fc
      .array(fc.constantFrom('a', 'b', '/', '..', 'socket.io', '%20', '?', 'x=1', 'A', 'é'), { maxLength: 10 })
      .map((parts) => parts.join('')),
    fc.constant('a'.repeat(200)),
  )
  .map((rest) => `/${rest}`)
  .filter((target) => !('error' in cookUrl(target)));

/** The same value, of which no part can be changed any more. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype) {
    Object.freeze(value);
    for (const part of Object.values(value)) frozen(part);
  }
  return value;
}

describe('whatever the rules and the URL', () => {
  it('the engine never throws, reports every rule once and in order, and keeps paths sane', () => {
    fc.assert(
      fc.property(rules('Global'), rules('Distributed'), targets, (globalRules, distributed, target) => {
        const compiled = compileRewrite(
          config(distributed, {
            globalRules,
            maps: [{ name: 'M', defaultValue: 'd', ignoreCase: true, entries: new Map([['a', 'b']]) }],
            allowedServerVariables: ['HTTP_X'],
          }),
        );
        const result = rewrite(request(target), compiled, site(['C:\\site\\a']));
        expect(result.steps.map((step) => step.rule)).toEqual([...globalRules, ...distributed]);
        expect(result.path).toMatch(/^\//);
        expect(result.path).not.toMatch(/\/\/|\/\.\.?(\/|$)/);
        for (const step of result.steps) {
          expect(step.input === undefined).toBe(step.verdict.startsWith('skipped'));
          if (step.verdict === 'condition-failed') expect(step.conditions.length).toBeGreaterThan(0);
        }
        if (result.outcome.kind === 'redirect') expect(result.outcome.location).toMatch(/^[\x21-\x7e]+$/);
        if (result.outcome.kind === 'rewrite') expect(result.headers['x-original-url']).toMatch(/^\//);
        if (result.outcome.kind === 'pass') expect(result.path).toBe(request(target).path);
        const stops = result.steps.filter((step) => step.verdict === 'applied' && step.rule.scope === 'Distributed');
        expect(stops.slice(0, -1).every((step) => !step.rule.stopProcessing)).toBe(true);
      }),
      { numRuns: 600 },
    );
  });

  it('the engine changes nothing of what it is given', () => {
    fc.assert(
      fc.property(rules('Global'), rules('Distributed'), targets, (globalRules, distributed, target) => {
        const given = frozen(config(distributed, { globalRules, allowedServerVariables: ['HTTP_X', 'Y'] }));
        const asked = frozen(request(target));
        const result = frozen(rewrite(asked, compileRewrite(given), site()));
        const again = rewrite(asked, compileRewrite(given), site(), { after: result });
        expect(again.steps).toHaveLength(globalRules.length + distributed.length);
      }),
      { numRuns: 200 },
    );
  });

  it('the same request gives the same answer', () => {
    fc.assert(
      fc.property(rules('Distributed'), targets, (distributed, target) => {
        const compiled = compileRewrite(config(distributed));
        const [first, second] = [1, 2].map(() => rewrite(request(target), compiled, site()));
        expect(second?.outcome).toEqual(first?.outcome);
        expect(second?.steps).toEqual(first?.steps);
      }),
      { numRuns: 200 },
    );
  });
});

it('the work grows linearly with the number of rules', () => {
  const count = (rules: number): number => {
    let asked = 0;
    const disk = { ...site(), isFile: () => asked++ < 0 };
    const many = Array.from({ length: rules }, () => rule({ match: '^x', conditions: [{ matchType: 'IsFile' }] }));
    const { steps } = rewrite(request('/x'), compileRewrite(config(many)), disk);
    expect(steps).toHaveLength(rules);
    return asked;
  };
  expect([count(10), count(100), count(1000)]).toEqual([10, 100, 1000]);
});
