import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ConfigError } from '../../src/config/index.js';
import { compileRewrite, rewrite } from '../../src/rewrite/index.js';
import { configAt, model } from './model.js';
import { request, site } from './rules.js';

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '"': '&quot;', '\n': '&#10;', '\t': '&#9;' };
const attribute = (name: string, value: unknown): string =>
  value === undefined ? '' : ` ${name}="${String(value).replace(/[&<"\n\t]/g, (char) => escapes[char] ?? '')}"`;
const element = (name: string, attributes: object, inner = ''): string =>
  `<${name}${Object.entries(attributes)
    .map(([key, value]) => attribute(key, value))
    .join('')}>${inner}</${name}>`;

const word = fc.string({ unit: fc.constantFrom('a', 'B', '^', '{R:1}', '&', '<', '"', "'", 'é', '/', '\n', '>') });
const text = word.map((inner) => `x${inner}x`);
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const flag = maybe(fc.boolean());
const written = fc.record({
  rule: fc.record({
    enabled: flag,
    stopProcessing: flag,
    patternSyntax: maybe(fc.constantFrom('ECMAScript', 'Wildcard', 'ExactMatch')),
  }),
  match: maybe(fc.record({ url: text, ignoreCase: flag, negate: flag })),
  grouping: fc.record({ logicalGrouping: maybe(fc.constantFrom('MatchAll', 'MatchAny')), trackAllCaptures: flag }),
  conditions: fc.array(
    fc.record({
      input: maybe(text),
      pattern: maybe(word),
      matchType: maybe(fc.constantFrom('Pattern', 'IsFile', 'IsDirectory')),
      ignoreCase: flag,
      negate: flag,
    }),
    { maxLength: 3 },
  ),
  variables: fc.uniqueArray(fc.record({ name: text, value: maybe(word), replace: flag }), {
    maxLength: 3,
    selector: ({ name }) => name.toLowerCase(),
  }),
  action: fc.record({
    type: maybe(fc.constantFrom('None', 'Rewrite', 'Redirect', 'CustomResponse', 'AbortRequest')),
    url: maybe(text),
    appendQueryString: flag,
    redirectType: maybe(fc.constantFrom('Permanent', 'Found', 'SeeOther', 'Temporary')),
    statusCode: maybe(fc.oneof(fc.integer({ min: 200, max: 299 }), fc.integer({ min: 308, max: 999 }))),
    subStatusCode: maybe(fc.integer({ min: 0, max: 999 })),
    statusReason: maybe(word),
    statusDescription: maybe(word),
  }),
  order: fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
});
type Written = typeof written extends fc.Arbitrary<infer T> ? T : never;

function xmlOf({ rule, match, grouping, conditions, variables, action, order }: Written, name: string): string {
  const list = conditions.map((condition) => element('add', condition)).join('');
  const children = [
    match === undefined ? '' : element('match', match),
    element('conditions', grouping, list),
    element('serverVariables', {}, variables.map((variable) => element('set', variable)).join('')),
    element('action', action),
  ];
  return element('rule', { name, ...rule }, order.map((index) => children[index]).join(''));
}

const codes: Record<string, number> = { Permanent: 301, Found: 302, SeeOther: 303, Temporary: 307 };

/** What was written, with the schema's defaults (url-rewrite's own tables) filled in. */
function expectedAction({ type = 'None', url = '', appendQueryString = true, ...rest }: Written['action']): object {
  const {
    redirectType = 'Permanent',
    statusCode = 0,
    subStatusCode = 0,
    statusReason = '',
    statusDescription = '',
  } = rest;
  if (type === 'Rewrite') return { type, url, appendQueryString, logRewrittenUrl: false };
  if (type === 'Redirect') return { type, url, appendQueryString, status: codes[redirectType] };
  if (type !== 'CustomResponse') return { type };
  return { type, status: statusCode, subStatus: subStatusCode, reason: statusReason, description: statusDescription };
}

function expectedRule({ rule, match, grouping, conditions, variables, action }: Written, name: string): object {
  const { enabled = true, stopProcessing = false, patternSyntax = 'ECMAScript' } = rule;
  const { logicalGrouping = 'MatchAll', trackAllCaptures = false } = grouping;
  const flags = ({
    ignoreCase = true,
    negate = false,
  }: {
    ignoreCase?: boolean | undefined;
    negate?: boolean | undefined;
  }) => ({
    ignoreCase,
    negate,
  });
  return {
    name,
    ...{ enabled, stopProcessing, patternSyntax, logicalGrouping, trackAllCaptures },
    scope: 'Distributed',
    basePath: '/dante',
    useOriginalUrlEncoding: true,
    origin: expect.objectContaining({ file: '/dante/web.config' }),
    match: match === undefined ? undefined : { url: match.url, ...flags(match) },
    conditions: conditions.map(({ input, pattern, matchType = 'Pattern', ...rest }) => ({
      ...{ input, pattern, matchType },
      ...flags(rest),
    })),
    serverVariables: variables.map(({ name, value = '', replace = true }) => ({ name, value, replace })),
    action: expectedAction(action),
  };
}

it('what a web.config says is what the engine gets, whatever the texts and the order of the elements', () => {
  fc.assert(
    fc.property(fc.array(written, { maxLength: 3 }), (rules) => {
      const xml = `<rules>${rules.map((rule, index) => xmlOf(rule, `rule ${index}`)).join('')}</rules>`;
      const read = configAt(model({ '/dante/web.config': xml }), '/dante/x');
      expect(read.rules).toEqual(rules.map((rule, index) => expectedRule(rule, `rule ${index}`)));
    }),
    { numRuns: 150 },
  );
});

it('a broken or foreign section is a ConfigError of 500.19 with a place, or rules that run; nothing else', () => {
  const names = fc.constantFrom(
    'rule',
    'rules',
    'match',
    'conditions',
    'add',
    'set',
    'action',
    'clear',
    'remove',
    'tag',
  );
  const attributes = fc.dictionary(
    fc.constantFrom('name', 'url', 'type', 'pattern', 'input', 'negate', 'patternSyntax', 'statusCode', 'enabled'),
    fc.constantFrom('a', '', 'true', 'Rewrite', 'Wildcard', '404', '301', '*', '{', '{R:1}'),
    { maxKeys: 3 },
  );
  const elementOf = (inner: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc.tuple(names, attributes, inner).map(([name, written, children]) => element(name, written, children));
  const listOf = (one: fc.Arbitrary<string>) => fc.array(one, { maxLength: 3 }).map((all) => all.join(''));
  const nodes = listOf(elementOf(listOf(elementOf(listOf(elementOf(fc.constant('')))))));
  let accepted = 0;
  fc.assert(
    fc.property(nodes, fc.nat(3), (inner, cut) => {
      const xml = `<rules>${inner}</rules>`;
      try {
        const read = configAt(model({ '/dante/web.config': xml.slice(0, cut === 0 ? -3 : undefined) }), '/dante/x');
        const result = rewrite(request('/dante/x'), compileRewrite(read), site());
        expect(result.steps).toHaveLength(read.rules.length);
        accepted++;
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
        expect(error).toMatchObject({ status: 500, subStatus: 19 });
      }
    }),
    { numRuns: 400 },
  );
  expect(accepted).toBeGreaterThan(0);
});
