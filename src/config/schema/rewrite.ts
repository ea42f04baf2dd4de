import {
  bool,
  element,
  encrypted,
  entries,
  flags,
  int64,
  key,
  list,
  nonEmpty,
  notIn,
  oneOf,
  range,
  string,
  trimmed,
  uint,
  webServer,
} from './build.js';
import type { AttributeSchema, ElementSchema, SectionSchema } from './types.js';

/** `rewrite_schema.xml` of URL Rewrite 2.1. */
const patternSyntax = oneOf('patternSyntax', ['ECMAScript', 'Wildcard', 'ExactMatch'], 'ECMAScript');
const logicalGrouping = oneOf('logicalGrouping', ['MatchAll', 'MatchAny'], 'MatchAll');
const caseAndNegate = [bool('ignoreCase', true), bool('negate', false)];
const product = 'rewrite';

/** In globalRules and outboundRules the five attributes together are a key; in rules they are not. */
const conditions = (matchTypes: readonly string[], keyed: boolean, trackAllCaptures: boolean): ElementSchema => {
  const attributes: AttributeSchema[] = [
    string('input'),
    oneOf('matchType', matchTypes, 'Pattern'),
    string('pattern'),
    ...caseAndNegate,
  ];
  return element('conditions', [logicalGrouping, bool('trackAllCaptures', trackAllCaptures)], {
    collection: entries(
      keyed ? attributes.map((attribute) => ({ ...attribute, key: 'combined' as const })) : attributes,
      { remove: false, clear: false },
    ),
  });
};

const inboundRule = (global: boolean): ElementSchema => {
  const action = element('action', [
    oneOf('type', ['None', 'Rewrite', 'Redirect', 'CustomResponse', 'AbortRequest'], 'None'),
    string('url', undefined, trimmed),
    bool('appendQueryString', true),
    ...(global ? [] : [bool('logRewrittenUrl', false)]),
    oneOf('redirectType', { Permanent: 301, Found: 302, SeeOther: 303, Temporary: 307 }, 'Permanent'),
    uint('statusCode', global ? 0 : undefined, { validator: notIn(300, 307) }),
    uint('subStatusCode', 0, { validator: range(0, 999) }),
    string('statusReason'),
    string('statusDescription'),
  ]);
  return element(global ? 'globalRules' : 'rules', [bool('useOriginalURLEncoding', true)], {
    collection: entries(
      [string('name', undefined, key), bool('enabled', true), patternSyntax, bool('stopProcessing', false)],
      { add: 'rule' },
      {
        elements: [
          element('match', [string('url', undefined, nonEmpty), ...caseAndNegate]),
          conditions(global ? ['Pattern'] : ['Pattern', 'IsFile', 'IsDirectory'], global, false),
          list(
            'serverVariables',
            [string('name', undefined, { ...key, ...trimmed }), string('value'), bool('replace', true)],
            { add: 'set', remove: false, clear: false },
          ),
          action,
        ],
      },
    ),
  });
};

const tags = {
  A: 1,
  Area: 2,
  Base: 4,
  Form: 8,
  Frame: 16,
  Head: 32,
  IFrame: 64,
  Img: 128,
  Input: 256,
  Link: 512,
  Script: 1024,
  CustomTags: 32768,
  None: 0,
};

const outboundRules = element('outboundRules', [bool('rewriteBeforeCache', false)], {
  collection: entries(
    [
      string('name', undefined, key),
      string('preCondition'),
      bool('enabled', true),
      patternSyntax,
      bool('stopProcessing', false),
    ],
    { add: 'rule' },
    {
      elements: [
        element('match', [
          flags('filterByTags', tags, 'None'),
          string('customTags'),
          string('serverVariable'),
          string('pattern'),
          int64('occurrences', 0),
          ...caseAndNegate,
        ]),
        conditions(['Pattern'], true, true),
        element('action', [oneOf('type', ['None', 'Rewrite'], 'None'), string('value'), bool('replace', true)]),
      ],
    },
  ),
  elements: [
    list(
      'customTags',
      [string('name', undefined, key)],
      { add: 'tags' },
      {
        collection: entries(
          [
            string('name', undefined, { required: true, key: 'combined', ...nonEmpty }),
            string('attribute', undefined, { required: true, key: 'combined', ...nonEmpty }),
          ],
          { add: 'tag' },
        ),
      },
    ),
    list(
      'preConditions',
      [string('name', undefined, key), logicalGrouping, patternSyntax],
      { add: 'preCondition' },
      {
        collection: entries(
          [string('input'), oneOf('matchType', ['Pattern'], 'Pattern'), string('pattern'), ...caseAndNegate].map(
            (attribute) => ({ ...attribute, key: 'combined' as const }),
          ),
          {},
        ),
      },
    ),
  ],
});

const rewriteMaps = list(
  'rewriteMaps',
  [string('name', undefined, { ...key, ...trimmed }), string('defaultValue', ''), bool('ignoreCase', true)],
  { add: 'rewriteMap' },
  { collection: entries([string('key', undefined, { ...key, caseSensitive: true }), string('value')]) },
);

const providers = list(
  'providers',
  [string('name', undefined, { ...key, ...trimmed }), string('type', undefined, { required: true, ...trimmed })],
  { add: 'provider' },
  {
    elements: [
      list('settings', [
        string('key', undefined, { ...key, ...nonEmpty }),
        string('value'),
        string('encryptedValue', undefined, encrypted),
      ]),
    ],
  },
);

export const rewriteSections: readonly SectionSchema[] = [
  webServer('rewrite/globalRules', inboundRule(true), { mode: 'Deny', allow: 'AppHostOnly', product }),
  webServer('rewrite/rules', inboundRule(false), { product }),
  webServer('rewrite/outboundRules', outboundRules, { product }),
  webServer('rewrite/providers', providers, { product }),
  webServer('rewrite/rewriteMaps', rewriteMaps, { product }),
  webServer('rewrite/allowedServerVariables', list('allowedServerVariables', [string('name', undefined, key)]), {
    mode: 'Deny',
    product,
  }),
];
