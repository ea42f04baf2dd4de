import { describe, expect, it } from 'vitest';
import { body, condition, respond, rule } from './support.js';

const hard = '(a+)+$';
const soft = `${'a'.repeat(12)}!`;

describe('what outbound rules may cost', () => {
  it('all matches of a rule on tags share one limit, so that a page of many hard values ends in 500.52', () => {
    const onTags = rule({ match: { filterByTags: ['A'], pattern: hard }, value: '' });
    const page = (links: number) => `<a href="${soft}">`.repeat(links);
    expect(respond([onTags], { body: page(10) }).outcome).toEqual({ kind: 'pass' });
    expect(respond([onTags], { body: page(4000) }).outcome).toMatchObject({
      kind: 'error',
      subStatus: 52,
      rule: onTags,
    });
  });

  it('its conditions count, too', () => {
    const conditions = [{ input: soft, pattern: hard, negate: true }];
    const onBody = rule({ match: { pattern: 'x' }, conditions, value: 'y' });
    expect(body([onBody], 'xx')).toBe('yy');
    expect(respond([onBody], { body: 'x'.repeat(4000) }).outcome).toMatchObject({ kind: 'error', rule: onBody });
  });

  it('the rule that failed is the one that is named, also behind others on the same tags', () => {
    const easy = rule({ match: { filterByTags: ['A'], pattern: 'x' }, value: 'y' });
    const bad = rule({ match: { filterByTags: ['A'], pattern: hard }, value: '' });
    const result = respond([easy, bad], { body: `<a href="${'a'.repeat(60)}!">` });
    expect(result.outcome).toMatchObject({ kind: 'error', rule: bad });
    expect(result.steps.map(({ note }) => note !== undefined)).toEqual([false, true]);
  });

  it('a precondition that is too complex fails as its rule', () => {
    const conditions = [condition({ input: `${'a'.repeat(60)}!`, pattern: hard })];
    const preConditions = [
      { name: 'P', logicalGrouping: 'MatchAll' as const, patternSyntax: 'ECMAScript' as const, conditions },
    ];
    const guarded = rule({ preCondition: 'P', match: { pattern: 'x' } });
    expect(respond([guarded], { body: 'x' }, { preConditions }).outcome).toMatchObject({
      kind: 'error',
      rule: guarded,
    });
  });

  it('a page may be of any size: what its rules may cost grows with it', () => {
    const rules = [rule({ match: { pattern: '(\\w+)://old/([^"]*)"' }, value: '/{R:2}"' })];
    const page = '<p>text</p><a href="http://old/x">y</a>\n'.repeat(50_000);
    expect(body(rules, page)).toBe('<p>text</p><a href="/x">y</a>\n'.repeat(50_000));
  });
});

describe('what outbound rules may do', () => {
  it('set any response header, without a list of allowed ones', () =>
    expect(
      respond([rule({ match: { serverVariable: 'RESPONSE_X_Y', pattern: '.*' }, value: '1' })]).headers,
    ).toMatchObject({
      'x-y': '1',
    }));

  it('read the status and the other headers of the response', () => {
    const rules = [
      rule({
        match: { serverVariable: 'RESPONSE_X', pattern: '.*' },
        value: '{RESPONSE_STATUS} {RESPONSE_CONTENT_TYPE}',
      }),
    ];
    expect(respond(rules, { status: 404 }).headers.x).toBe('404 text/html');
  });

  it('HtmlEncode what they put into a page', () => {
    const rules = [rule({ match: { pattern: 'NAME' }, value: '{HtmlEncode:{QUERY_STRING}}' })];
    expect(body(rules, '<b>NAME</b>', { target: '/x?<i>' })).toBe('<b>&lt;i&gt;</b>');
  });

  it('a negated pattern on tags replaces the whole value, on the body nothing', () => {
    const match = { pattern: '^/', negate: true };
    expect(
      body([rule({ match: { ...match, filterByTags: ['A'] }, value: '/{R:0}x' })], '<a href="a"><a href="/b">'),
    ).toBe('<a href="/x"><a href="/b">');
    expect(body([rule({ match, value: 'x' })], 'abc')).toBe('abc');
  });

  it('stopProcessing ends the rules for that place only', () => {
    const stop = rule({ match: { filterByTags: ['A'], pattern: '^a$' }, value: 'b', stopProcessing: true });
    const next = rule({ match: { filterByTags: ['A'], pattern: '^(.*)$' }, value: '{R:1}!' });
    expect(body([stop, next], '<a href="a"><a href="c">')).toBe('<a href="b"><a href="c!">');
  });
});
