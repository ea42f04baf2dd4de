import { describe, expect, it } from 'vitest';
import { growth, linear } from '../support/growth.js';
import { rule, run, site, to, urlAfter } from './rules.js';

const all = (rest: Parameters<typeof rule>[0]) => rule({ match: '.*', ...rest });
const verdicts = (result: ReturnType<typeof run>): string[] => result.steps.map((step) => step.verdict);

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

  it('MatchAny: which groups there are depends on which condition held', () => {
    const rules = [
      when(
        [
          { input: '{URL}', pattern: '^/(a)' },
          { input: '{URL}', pattern: '^/(b)' },
        ],
        { logicalGrouping: 'MatchAny' },
      ),
    ];
    expect(urlAfter('/ax', rules)).toBe('/yes/a/a/');
    expect(urlAfter('/bx', rules)).toBe('/yes/b/b/');
  });

  it('an IsFile condition at the end leaves {C:1} empty', () => {
    const rules = [when([{ input: 'a', pattern: '(a)' }, { matchType: 'IsFile' }])];
    expect(urlAfter('/a.css', rules, { site: site(['C:\\site\\a.css']) })).toBe('/yes/');
  });

  it('trackAllCaptures counts on over negated conditions and file tests, which have no groups', () => {
    const conditions = [
      { input: 'a', pattern: '(a)' },
      { input: 'x', pattern: '(y)', negate: true },
      { matchType: 'IsFile' as const },
      { input: 'b', pattern: '(b)' },
    ];
    const rules = [when(conditions, { trackAllCaptures: true })];
    expect(urlAfter('/a.css', rules, { site: site(['C:\\site\\a.css']) })).toBe('/yes/a/a/b/');
  });

  it('trackAllCaptures keeps the groups that {C:31} reaches, and thousands of conditions cost no more than they are', () => {
    const rules = (size: number) => {
      const conditions = Array.from({ length: size }, (_, index) => ({ input: `${index},`, pattern: '(\\d+)(,)' }));
      return [when(conditions, { trackAllCaptures: true, action: to('{C:1}{C:2}{C:30}{C:31}[{C:32}]') })];
    };
    const [few, all] = [rules(500), rules(16_000)];
    expect(urlAfter('/x', all)).toBe('/0,,15[]');
    expect(growth((size) => urlAfter('/x', size > 500 ? all : few), 500)).toBeLessThan(linear);
  });

  it('groups of one rule are not available in the next', () => {
    const rules = [when([{ input: 'a', pattern: '(a)' }], { action: to('b') }), all({ action: to('[{C:1}]') })];
    expect(urlAfter('/x', rules)).toBe('/[]');
  });

  it('negate turns only its own result round', () => {
    const held = (negate: readonly boolean[]) =>
      verdicts(run('/x', [rule({ conditions: negate.map((one) => ({ input: 'a', pattern: 'a', negate: one })) })]));
    expect([held([false, false]), held([true, false]), held([false, true])]).toEqual([
      ['applied'],
      ['condition-failed'],
      ['condition-failed'],
    ]);
  });

  it('IsFile takes no notice of pattern and ignoreCase', () => {
    const conditions = [{ matchType: 'IsFile' as const, pattern: '*(', ignoreCase: false }];
    expect(verdicts(run('/a.css', [rule({ conditions })], { site: site(['C:\\site\\a.css']) }))).toEqual(['applied']);
  });

  it('a pattern that was not written holds without endy input, in every syntax', () => {
    for (const patternSyntax of ['ECMAScript', 'Wildcard', 'ExactMatch'] as const) {
      expect(verdicts(run('/x', [rule({ patternSyntax, conditions: [{ input: 'anything' }] })]))).toEqual(['applied']);
    }
  });

  it('a pattern without an input is tested against nothing', () =>
    expect(verdicts(run('/x', [rule({ conditions: [{ pattern: '^$' }] })]))).toEqual(['applied']));

  it('tell whether a header is there, and an Upgrade from a plain GET', () => {
    const rules = [rule({ conditions: [{ input: '{HTTP_UPGRADE}', pattern: '^websocket$' }] })];
    const request = { headers: { upgrade: 'WebSocket' } };
    expect(verdicts(run('/x', rules, { request }))).toEqual(['applied']);
    expect(verdicts(run('/x', rules))).toEqual(['condition-failed']);
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
