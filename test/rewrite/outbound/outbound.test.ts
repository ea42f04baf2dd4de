import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rule as inbound, run, to } from '../rules.js';
import { body, condition, respond, rule } from './support.js';

describe('rules on a header', () => {
  it('rewrite Location with the groups of the pattern', () => {
    const rules = [
      rule({
        match: { serverVariable: 'RESPONSE_Location', pattern: '^http://[^/]+/(.*)' },
        value: 'https://{HTTP_HOST}/{R:1}',
      }),
    ];
    expect(respond(rules, { headers: { location: 'http://inner:81/a' } }).headers).toEqual({
      location: 'https://example.org/a',
    });
  });

  it('.* matches the empty value of an absent header and so makes one', () =>
    expect(
      respond([rule({ match: { serverVariable: 'RESPONSE_X_Y', pattern: '.*' }, value: '1' })]).headers,
    ).toMatchObject({ 'x-y': '1' }));

  it('.+ does not match an absent header; an empty value takes a header away', () => {
    const rules = [rule({ match: { serverVariable: 'RESPONSE_SERVER', pattern: '.+' }, value: '' })];
    expect(respond(rules, { headers: { server: 'x' } }).headers).toEqual({});
    expect(respond(rules, { headers: {} }).steps[0]?.verdict).toBe('not-matched');
  });

  it('the output of one rule is the input of the next, until one stops', () => {
    const add = (letter: string, stopProcessing = false) =>
      rule({ match: { serverVariable: 'RESPONSE_X', pattern: '.*' }, value: `{R:0}${letter}`, stopProcessing });
    expect(respond([add('a'), add('b', true), add('c')]).headers).toMatchObject({ x: 'ab' });
  });

  it('replace="false" keeps a value that is there', () => {
    const rules = [
      rule({ match: { serverVariable: 'RESPONSE_X', pattern: '.*' }, value: 'new', action: { replace: false } }),
    ];
    expect(respond(rules, { headers: { x: 'old' } }).headers).toEqual({ x: 'old' });
    expect(respond(rules, { headers: {} }).headers).toEqual({ x: 'new' });
  });

  it('negate and None', () => {
    const match = { serverVariable: 'RESPONSE_X', pattern: 'a', negate: true };
    expect(respond([rule({ match, value: 'b' })], { headers: { x: 'c' } }).headers).toEqual({ x: 'b' });
    expect(respond([rule({ match, value: 'b', action: { type: 'None' } })], { headers: { x: 'c' } }).headers).toEqual({
      x: 'c',
    });
  });

  it('work on an encoded response, which rules on the body do not', () => {
    const onHeader = rule({ match: { serverVariable: 'RESPONSE_X', pattern: '.*' }, value: '1' });
    const response = { headers: { 'content-encoding': 'gzip' }, body: 'zzz' };
    expect(respond([onHeader], response).outcome).toEqual({ kind: 'pass' });
    const onBody = rule({ match: { pattern: 'a' }, value: 'b' });
    expect(respond([onHeader, onBody], response).outcome).toEqual({
      kind: 'error',
      status: 500,
      subStatus: 52,
      message: 'Outbound rewrite rules cannot be applied when the content of the HTTP response is encoded ("gzip").',
      rule: onBody,
    });
  });
});

describe('rules on tags', () => {
  const html = '<a href="/old/1">x</a><img src=/old/2 alt="/old/3"><!-- <a href="/old/4"> --><FORM Action=\'/old/5\'>';

  it('see the URL attributes of those tags only, and no comments', () => {
    const rules = [rule({ match: { filterByTags: ['A', 'Img', 'Form'], pattern: '^/old/(.*)' }, value: '/new/{R:1}' })];
    expect(body(rules, html)).toBe(
      '<a href="/new/1">x</a><img src=/new/2 alt="/old/3"><!-- <a href="/old/4"> --><FORM Action=\'/new/5\'>',
    );
    expect(body([rule({ match: { filterByTags: ['Script'], pattern: '.*' }, value: '!' })], html)).toBe(html);
  });

  it.each([
    ['A', 'a href'],
    ['Area', 'area href'],
    ['Base', 'base href'],
    ['Form', 'form action'],
    ['Frame', 'frame src'],
    ['Frame', 'frame longdesc'],
    ['Head', 'head profile'],
    ['IFrame', 'iframe src'],
    ['IFrame', 'iframe longdesc'],
    ['Img', 'img src'],
    ['Img', 'img longdesc'],
    ['Img', 'img usemap'],
    ['Input', 'input src'],
    ['Input', 'input usemap'],
    ['Link', 'link href'],
    ['Script', 'script src'],
  ])('%s stands for %s', (tag, pair) => {
    const [name, attribute] = pair.split(' ');
    const rules = [rule({ match: { filterByTags: [tag], pattern: '^a$' }, value: 'b' })];
    expect(body(rules, `<${name} data-x="a" ${attribute}="a">`)).toBe(`<${name} data-x="a" ${attribute}="b">`);
  });

  it('custom tags', () => {
    const rules = [rule({ match: { filterByTags: ['CustomTags'], customTags: 'mine', pattern: '^a$' }, value: 'b' })];
    const customTags = [{ name: 'Mine', tags: [{ name: 'video', attribute: 'poster' }] }];
    expect(body(rules, '<video poster="a" src="a">', { customTags })).toBe('<video poster="b" src="a">');
  });

  it('chain from rule to rule, and count occurrences', () => {
    const match = { filterByTags: ['A'], pattern: '^(.*)$' };
    const rules = [rule({ match: { ...match, occurrences: 1 }, value: '{R:1}b' }), rule({ match, value: '{R:1}c' })];
    expect(body(rules, '<a href="a"><a href="a">')).toBe('<a href="abc"><a href="ac">');
  });

  it('take wildcards', () => {
    const rules = [
      rule({ patternSyntax: 'Wildcard', match: { filterByTags: ['A'], pattern: '/old/*' }, value: '/new/{R:1}' }),
    ];
    expect(body(rules, '<a href="/old/x">')).toBe('<a href="/new/x">');
  });

  it('leave &amp; to the pattern', () => {
    const match = { filterByTags: ['A'], pattern: '^/a\\?x=(\\d+)(?:&amp;|&)y=(\\d+)$' };
    expect(body([rule({ match, value: '/a/{R:1}/{R:2}' })], '<a href="/a?x=1&amp;y=2">')).toBe('<a href="/a/1/2">');
  });
});

describe('rules on the whole body', () => {
  it('replace every match, or as many as occurrences says', () => {
    expect(body([rule({ match: { pattern: 'o(.)' }, value: '[{R:1}]' })], 'foo fox')).toBe('f[o] f[x]');
    expect(body([rule({ match: { pattern: 'o', occurrences: 2 }, value: '0' })], 'ooo')).toBe('00o');
  });

  it('ExactMatch is a search for the text', () =>
    expect(
      body([rule({ patternSyntax: 'ExactMatch', match: { pattern: '</body>' }, value: '!{R:0}' })], 'a</BODY>b'),
    ).toBe('a!</BODY>b'));

  it('Wildcard is refused without tags', () =>
    expect(
      respond([rule({ patternSyntax: 'Wildcard', match: { pattern: '*' } })], { body: 'x' }).outcome,
    ).toMatchObject({ kind: 'error', subStatus: 50 }));

  it('chain, and stop', () => {
    const add = (pattern: string, value: string, stopProcessing = false) =>
      rule({ match: { pattern }, value, stopProcessing });
    expect(body([add('a', 'b'), add('b', 'c', true), add('c', 'd')], 'a')).toBe('c');
  });

  it('are skipped where there is no body to touch', () =>
    expect(respond([rule({ match: { pattern: 'a' } })]).steps[0]?.verdict).toBe('skipped-no-body'));

  it('a match that takes too long is 500.52 (500.53 before the cache)', () => {
    const rules = [rule({ match: { pattern: '(a+)+$' }, value: '' })];
    const html = `${'a'.repeat(5000)}!`;
    expect(respond(rules, { body: html }).outcome).toMatchObject({ kind: 'error', subStatus: 52 });
    expect(respond(rules, { body: html }, { rewriteBeforeCache: true }).outcome).toMatchObject({ subStatus: 53 });
  });

  it('copes with a large page', () => {
    const rules = [rule({ match: { pattern: 'href="http://old/([^"]*)"' }, value: 'href="/{R:1}"' })];
    const page = '<p>text</p><a href="http://old/x">y</a>\n'.repeat(5000);
    expect(body(rules, page)).toBe('<p>text</p><a href="/x">y</a>\n'.repeat(5000));
  });
});

describe('preconditions and conditions', () => {
  const preConditions = [
    {
      name: 'IsHtml',
      logicalGrouping: 'MatchAll' as const,
      patternSyntax: 'ECMAScript' as const,
      conditions: [condition({ input: '{RESPONSE_CONTENT_TYPE}', pattern: '^text/html' })],
    },
  ];

  it('a precondition decides for each response', () => {
    const rules = [rule({ preCondition: 'ishtml', match: { pattern: 'a' }, value: 'b' })];
    expect(body(rules, 'a', { preConditions })).toBe('b');
    const json = respond(rules, { headers: { 'content-type': 'application/json' }, body: 'a' }, { preConditions });
    expect([json.body, json.steps[0]?.verdict]).toEqual(['a', 'precondition-failed']);
  });

  it('keeps a rule on the body away from an encoded response', () => {
    const rules = [rule({ preCondition: 'IsHtml', match: { pattern: 'a' }, value: 'b' })];
    const headers = { 'content-type': 'image/png', 'content-encoding': 'gzip' };
    expect(respond(rules, { headers, body: 'a' }, { preConditions }).outcome).toEqual({ kind: 'pass' });
  });

  it('conditions see {R:n} and the groups of all conditions before', () => {
    const conditions = [
      { input: '{R:1}', pattern: '(a)' },
      { input: 'b', pattern: '(b)' },
    ];
    expect(body([rule({ match: { pattern: '(.)z' }, conditions, value: '{C:1}{C:2}' })], 'az xz')).toBe('ab xz');
  });

  it('{URL} and {HTTP_X_ORIGINAL_URL} know the inbound run', () => {
    const after = run('/x?q', [inbound({ action: to('y') })]);
    const rules = [
      rule({ match: { serverVariable: 'RESPONSE_X', pattern: '.*' }, value: '{URL} {HTTP_X_ORIGINAL_URL}' }),
    ];
    expect(respond(rules, {}, { after, target: '/x?q' }).headers.x).toBe('/y /x?q');
  });
});

describe('errors of the configuration', () => {
  it.each([
    ['an unknown precondition', { preCondition: 'nope' }, 50],
    ['unknown custom tags', { match: { filterByTags: ['CustomTags'], customTags: 'nope' } }, 50],
    ['an unknown map', { value: '{Nope:x}' }, 50],
    ['an unclosed brace', { value: '{' }, 50],
    ['a bad pattern', { match: { pattern: '*' } }, 52],
    ['a bad condition pattern', { conditions: [{ input: 'x', pattern: '(' }] }, 52],
  ])('%s makes every response fail', (_, written, subStatus) => {
    const result = respond([rule({ match: { pattern: 'x' } }), rule(written)], { body: 'x' });
    expect(result.outcome).toMatchObject({ kind: 'error', status: 500, subStatus });
    expect(result.steps).toHaveLength(2);
    expect(result.body).toBe('x');
  });

  it('in a disabled rule do no harm', () => {
    const result = respond([rule({ enabled: false, match: { pattern: '*' } })]);
    expect(result.outcome).toEqual({ kind: 'pass' });
    expect(result.steps[0]?.verdict).toBe('skipped-disabled');
  });
});

it('never throws, and reports every rule once, whatever the rules and the page', () => {
  const html = fc
    .array(fc.constantFrom('<a href="', '"', "'", '<img src=', '>', '<!--', '-->', 'x', ' ', '=', '/', '</a>'), {
      maxLength: 30,
    })
    .map((parts) => parts.join(''));
  const rules = fc.array(
    fc
      .record({
        match: fc.record({
          filterByTags: fc.subarray(['A', 'Img', 'CustomTags']),
          serverVariable: fc.option(fc.constantFrom('RESPONSE_X', 'RESPONSE_LOCATION', 'MINE'), { nil: undefined }),
          pattern: fc.constantFrom('.*', 'x', '^$', '*', '(x*)*y', undefined),
          negate: fc.boolean(),
          occurrences: fc.nat(2),
        }),
        value: fc.constantFrom('y', '{R:0}x', '{C:1}', '', '{'),
        stopProcessing: fc.boolean(),
      })
      .map(rule),
    { maxLength: 4 },
  );
  fc.assert(
    fc.property(rules, html, (outbound, page) => {
      const result = respond(outbound, { body: page, headers: { x: 'x' } });
      expect(result.steps.map((step) => step.rule)).toEqual(outbound);
    }),
    { numRuns: 400 },
  );
});
