import {
  bool,
  combined,
  element,
  encrypted,
  entries,
  expanded,
  flags,
  key,
  list,
  nonEmpty,
  oneOf,
  range,
  string,
  uint,
  webServer,
} from './build.js';
import type { ElementSchema, SectionSchema } from './types.js';

/** `system.webServer/security/*` (`IIS_schema.xml` of IIS 10). */
const filterRule = (): ElementSchema[] => [
  list('scanHeaders', [string('requestHeader', undefined, key)]),
  list('appliesTo', [string('fileExtension', undefined, { ...key, ...nonEmpty })]),
  list('denyStrings', [string('string', undefined, key)]),
];

const requestFiltering = element(
  'requestFiltering',
  [
    bool('allowDoubleEscaping', false),
    bool('allowHighBitCharacters', true),
    bool('unescapeQueryString', true),
    // The shipped schema writes `defaultvalue`, so there is no default: it reads as false.
    bool('removeServerHeader', false),
  ],
  {
    elements: [
      element('fileExtensions', [bool('allowUnlisted', true), bool('applyToWebDAV', true)], {
        collection: entries([
          string('fileExtension', undefined, { ...key, ...nonEmpty }),
          { ...bool('allowed'), required: true },
        ]),
      }),
      element('verbs', [bool('allowUnlisted', true), bool('applyToWebDAV', true)], {
        collection: entries([
          string('verb', undefined, { ...key, ...nonEmpty, caseSensitive: true }),
          { ...bool('allowed'), required: true },
        ]),
      }),
      element('hiddenSegments', [bool('applyToWebDAV', true)], {
        collection: entries([string('segment', undefined, { ...key, ...nonEmpty })]),
      }),
      element(
        'requestLimits',
        [uint('maxAllowedContentLength', 30000000), uint('maxUrl', 4096), uint('maxQueryString', 2048)],
        {
          elements: [
            list('headerLimits', [
              string('header', undefined, { ...key, ...nonEmpty }),
              uint('sizeLimit', undefined, { required: true }),
            ]),
          ],
        },
      ),
      list('alwaysAllowedUrls', [string('url', undefined, { ...key, ...nonEmpty })]),
      list('alwaysAllowedQueryStrings', [string('queryString', undefined, { ...key, ...nonEmpty })]),
      list('denyUrlSequences', [string('sequence', undefined, { ...key, ...nonEmpty })]),
      list('denyQueryStringSequences', [string('sequence', undefined, { ...key, ...nonEmpty })]),
      list(
        'filteringRules',
        [
          string('name', undefined, { ...key, ...nonEmpty }),
          bool('scanUrl', false),
          bool('scanQueryString', false),
          bool('scanAllRaw', false),
          bool('denyUnescapedPercent', true),
        ],
        { add: 'filteringRule' },
        { elements: filterRule() },
      ),
    ],
  },
);

const authorization = element('authorization', [bool('bypassLoginPages', true)], {
  collection: entries([
    oneOf('accessType', ['Allow', 'Deny'], undefined, { required: true }),
    string('users', '', { key: 'combined' }),
    string('roles', '', { key: 'combined' }),
    string('verbs', '', { key: 'combined' }),
  ]),
});

const logonMethod = oneOf('logonMethod', ['Interactive', 'Batch', 'Network', 'ClearText'], 'ClearText');
const authentication: readonly ElementSchema[] = [
  element('anonymousAuthentication', [
    bool('enabled', true),
    string('userName', 'IUSR'),
    string('password', '', encrypted),
    logonMethod,
  ]),
  element('basicAuthentication', [
    bool('enabled', false),
    string('realm', ''),
    string('defaultLogonDomain', ''),
    logonMethod,
  ]),
  element('clientCertificateMappingAuthentication', [bool('enabled', false)]),
  element('digestAuthentication', [bool('enabled', false), string('realm', '')]),
  element(
    'windowsAuthentication',
    [
      bool('enabled', false),
      bool('authPersistSingleRequest', false),
      bool('authPersistNonNTLM', true),
      bool('useKernelMode', true),
      bool('useAppPoolCredentials', false),
    ],
    {
      elements: [
        list('providers', [string('value', undefined, key)], { mergeAppend: false }),
        element(
          'extendedProtection',
          [
            oneOf('tokenChecking', ['None', 'Allow', 'Require'], 'None'),
            flags(
              'flags',
              { None: 0, Proxy: 1, NoServiceNameCheck: 2, AllowDotlessSpn: 4, ProxyCohosting: 32 },
              'None',
            ),
          ],
          { collection: entries([string('name', undefined, key)], { add: 'spn' }) },
        ),
      ],
    },
  ),
];

const address = [
  string('ipAddress', undefined, { ...combined, required: false }),
  string('subnetMask', '255.255.255.255', { key: 'combined' }),
  string('domainName', '', { key: 'combined' }),
  bool('allowed', false),
];
const denyActions = { AbortRequest: 0, Unauthorized: 401, Forbidden: 403, NotFound: 404 };

const access = element('access', [
  flags(
    'sslFlags',
    { None: 0, Ssl: 8, SslNegotiateCert: 32, SslRequireCert: 64, SslMapCert: 128, Ssl128: 256 },
    'None',
  ),
]);

export const securitySections: readonly SectionSchema[] = [
  webServer('security/requestFiltering', requestFiltering),
  webServer('security/authorization', authorization),
  webServer('security/access', access, { mode: 'Deny' }),
  ...authentication.map((content) => webServer(`security/authentication/${content.name}`, content, { mode: 'Deny' })),
  webServer(
    'security/ipSecurity',
    element(
      'ipSecurity',
      [
        bool('allowUnlisted', true),
        bool('enableReverseDns', false),
        bool('enableProxyMode', false),
        oneOf('denyAction', denyActions, 'Forbidden'),
      ],
      { collection: entries(address) },
    ),
    { mode: 'Deny' },
  ),
  webServer(
    'security/dynamicIpSecurity',
    element(
      'dynamicIpSecurity',
      [
        bool('enableProxyMode', false),
        bool('enableLoggingOnlyMode', false),
        oneOf('denyAction', denyActions, 'Forbidden'),
      ],
      {
        elements: [
          element('denyByConcurrentRequests', [
            bool('enabled', false),
            uint('maxConcurrentRequests', 10, { validator: range(1, 4294967295) }),
          ]),
          element('denyByRequestRate', [
            bool('enabled', false),
            uint('maxRequests', 20, { validator: range(1, 4294967295) }),
            uint('requestIntervalInMilliseconds', 200, { validator: range(1, 4294967295) }),
          ]),
        ],
      },
    ),
    { mode: 'Deny' },
  ),
  webServer(
    'security/isapiCgiRestriction',
    element('isapiCgiRestriction', [bool('notListedIsapisAllowed', false), bool('notListedCgisAllowed', false)], {
      collection: entries([
        string('path', undefined, { ...key, ...nonEmpty, ...expanded }),
        { ...bool('allowed'), required: true },
        string('groupId', ''),
        string('description', ''),
      ]),
    }),
    { mode: 'Deny', allow: 'AppHostOnly' },
  ),
  webServer(
    'security/applicationDependencies',
    list(
      'applicationDependencies',
      [string('name', undefined, key), string('groupId', '')],
      { add: 'application' },
      {
        collection: entries([string('groupId', undefined, key)]),
      },
    ),
    { mode: 'Deny' },
  ),
];
