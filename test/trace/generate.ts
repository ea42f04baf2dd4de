import fc from 'fast-check';
import { webConfig } from '../host/harness.js';

const attribute = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

const pattern = fc.constantFrom(
  '^a',
  '.*',
  '^$',
  '(.*)\\.html$',
  '^(sub)/(.*)',
  'socket\\.io',
  '^x$',
  '(a+)+$',
  '^(?=s)',
  'c.html|(b)',
  '^never$',
);
const badPattern = fc.constantFrom('*', '[', '(?i)x', '^/{C:1}', '(?<n>x)');
const url = fc.constantFrom(
  'a.html',
  '{R:1}',
  '/node/server.js',
  '/node/server.js?own=1',
  '/polling/server.js',
  '/nope/server.js',
  'nope/{R:0}',
  'sub',
  'sub/',
  'app/a.html',
  'web.config',
  'b.unknown',
  'server.js',
  '/b/{C:1}',
  '{ToLower:{URL}}',
  '{Map:{R:0}}',
  '{Nope:1}',
  'http://elsewhere/{R:0}',
  '/node/server.js/info',
);

/** All action types. */
const action = fc.oneof(
  fc
    .tuple(url, fc.boolean())
    .map(([to, append]) => `<action type="Rewrite" url="${attribute(to)}" appendQueryString="${append}" />`),
  fc
    .tuple(url, fc.constantFrom('Permanent', 'Found', 'SeeOther', 'Temporary'))
    .map(([to, type]) => `<action type="Redirect" url="${attribute(to)}" redirectType="${type}" />`),
  fc.constantFrom(
    '',
    '<action type="None" />',
    '<action type="AbortRequest" />',
    '<action type="CustomResponse" statusCode="403" subStatusCode="5" statusReason="No" statusDescription="No" />',
    '<action type="CustomResponse" statusCode="200" statusReason="Fine" statusDescription="Fine" />',
  ),
);
const condition = fc.constantFrom(
  '<add input="{REQUEST_FILENAME}" matchType="IsFile" negate="true" />',
  '<add input="{REQUEST_FILENAME}" matchType="IsDirectory" negate="true" />',
  '<add matchType="IsFile" />',
  '<add input="{QUERY_STRING}" pattern="(q)=" />',
  '<add input="{HTTP_X_TEST}" pattern=".+" negate="true" />',
  '<add input="{HTTP_UPGRADE}" pattern="websocket" />',
  '<add input="{REQUEST_METHOD}" pattern="^GET$" />',
);
const rule = fc
  .tuple(
    fc.option(fc.oneof({ weight: 30, arbitrary: pattern }, { weight: 1, arbitrary: badPattern })),
    fc.array(condition, { maxLength: 2 }),
    action,
    fc.boolean(),
    fc.constantFrom('ECMAScript', 'ECMAScript', 'Wildcard', 'ExactMatch'),
    fc.constantFrom('', '', '', ' negate="true"', ' ignoreCase="false"'),
    fc.constantFrom('MatchAll', 'MatchAny'),
  )
  .map(
    ([match, conditions, act, stop, syntax, more, grouping]) =>
      (name: string) =>
        `<rule name="${name}" stopProcessing="${stop}" patternSyntax="${syntax}">${match === null ? '' : `<match url="${attribute(match)}"${more} />`}<conditions logicalGrouping="${grouping}">${conditions.join('')}</conditions>${act}</rule>`,
  );

const handler = (name: string, path: string, more: string): string =>
  `<handlers><add name="${name}" path="${path}" modules="iisnode" ${more} /></handlers>`;
/** All forms a handler's path may take; the scripts are not there, but where a rule leads to them. */
const handlers = fc
  .tuple(
    fc.constantFrom('server.js', '*.js', 'sub/*', 'sub/server.js', '*.', 's?rver.js', './server.js', 'x.js,server.js'),
    fc.constantFrom(
      'verb="*"',
      'verb="GET,POST"',
      'verb="get"',
      'verb="*" resourceType="File"',
      'verb="*" resourceType="Directory"',
      'verb="*" resourceType="Either"',
      'verb="*" requireAccess="Execute"',
      'verb="*" preCondition="classicMode"',
      'verb="*" preCondition="integratedMode,bitness64"',
      'verb="*" allowPathInfo="true"',
    ),
  )
  .map(([path, more]) => handler('own', path, more));

const filtering = (inner: string): string => `<security><requestFiltering>${inner}</requestFiltering></security>`;
const section = fc.oneof(
  { weight: 2, arbitrary: handlers },
  {
    weight: 5,
    arbitrary: fc.constantFrom(
      ...Array<string>(20).fill(''),
      '<webSocket enabled="false" />',
      '<directoryBrowse enabled="true" />',
      '<defaultDocument enabled="false" />',
      '<defaultDocument lockAttributes="enabled" />',
      '<defaultDocument><files><clear /><add value="a.html" /></files></defaultDocument>',
      '<defaultDocument><files lockAttributes="value"><add value="c.html" /></files></defaultDocument>',
      filtering('<hiddenSegments><add segment="sub" /></hiddenSegments>'),
      filtering('<fileExtensions><add fileExtension=".html" allowed="false" /></fileExtensions>'),
      filtering('<verbs><add verb="POST" allowed="false" /></verbs>'),
      filtering('<denyUrlSequences><add sequence="c.h" /></denyUrlSequences>'),
      filtering('<requestLimits maxQueryString="4" />'),
      '<handlers><clear /></handlers>',
      '<handlers accessPolicy="Read" />',
      '<handlers><add name="bad" path="*.html" verb="*" modules="Nope" /></handlers>',
      '<handlers><remove name="StaticFile" /></handlers>',
      '<staticContent><mimeMap fileExtension=".unknown" mimeType="text/x" /></staticContent>',
      '<staticContent><remove fileExtension=".html" /></staticContent>',
      '<httpRedirect enabled="true" destination="http://elsewhere/" childOnly="true" />',
      '<httpRedirect enabled="true" destination="/node/server.js" exactDestination="true" httpResponseStatus="Temporary" />',
      '<httpErrors errorMode="Custom" />',
      '<httpErrors errorMode="Custom"><remove statusCode="404" /><error statusCode="404" path="/gone" responseMode="Redirect" /></httpErrors>',
      '<httpErrors existingResponse="PassThrough" />',
      '<unknownSection />',
      '<handlers><add name="twice" path="a" verb="*" modules="x" /><add name="twice" path="b" verb="*" modules="x" /></handlers>',
      '<directoryBrowse enabled="perhaps" />',
    ),
  },
);

const toNode = fc
  .constantFrom('/node/server.js', '/node/server.js', '/polling/server.js', '/node/server.js/debug')
  .map(
    (to) => (name: string) =>
      `<rule name="${name}" stopProcessing="true"><match url=".*" /><action type="Rewrite" url="${to}" /></rule>`,
  );
const rules = fc
  .array(fc.oneof({ weight: 4, arbitrary: rule }, { weight: 1, arbitrary: toNode }), { maxLength: 3 })
  .map((made) => made.map((make, index) => make(`r${index}`)).join('\n'))
  .map(
    (written) =>
      `<rewrite><rules>${written}</rules><rewriteMaps><rewriteMap name="Map"><add key="x" value="sub/c.html" /></rewriteMap></rewriteMaps></rewrite>`,
  );
const written = fc.tuple(rules, section).map(([all, other]) => webConfig(`${other}${all}`));

/** What people do to a file. */
const malformed = written.chain((text) =>
  fc.constantFrom(
    text.slice(0, -12),
    text.replace('</rewrite>', '</rewrit>'),
    text.replace('<rewrite>', '<rewrite & >'),
    `<!DOCTYPE x>${text.replace(/^<\?xml.*\?>\n/, '')}`,
    `\n${text}`,
    text.replace('utf-8', 'utf-16'),
    '',
  ),
);
/** A web.config at its folder; undefined for none. */
const config = fc.oneof(
  { weight: 10, arbitrary: written },
  { weight: 1, arbitrary: malformed },
  {
    weight: 2,
    arbitrary: section.map((other) =>
      webConfig(other).replace(
        /<system\.webServer>[\s\S]*<\/system\.webServer>/,
        '<location path="." inheritInChildApplications="false">$&</location>',
      ),
    ),
  },
);

export interface GeneratedSite {
  readonly root: string;
  readonly sub: string | null;
  /** Of the application /app below it. */
  readonly app: string | null;
  /** For the web.config above: `<location>` elements, given the site's folder. */
  readonly locations: (folder: string) => string;
}

const location = fc
  .tuple(
    fc.constantFrom('', '', '/sub', '/app', '/a.html', '/sub/c.html'),
    fc.constantFrom('', ' overrideMode="Deny"', ' inheritInChildApplications="false"', ' allowOverride="true"'),
    section,
  )
  .map(
    ([below, more, inner]) =>
      (folder: string) =>
        `<location path="${folder}${below}"${more}><system.webServer>${inner}</system.webServer></location>`,
  );

/** Only what breaks this site alone may stand in the web.config that all sites share. */
const harmless = (text: string): boolean => !/unknownSection/.test(text);

export const site: fc.Arbitrary<GeneratedSite> = fc.record({
  root: config,
  sub: fc.option(config, { freq: 2 }),
  app: fc.option(config, { freq: 2 }),
  locations: fc.option(location.filter((make) => harmless(make('x')))).map((make) => make ?? (() => '')),
});

export interface GeneratedRequest {
  readonly path: string;
  readonly method: string;
  readonly header: string | null;
  readonly upgrade: boolean;
}

export const request: fc.Arbitrary<GeneratedRequest> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      path: fc.constantFrom(
        '',
        '/',
        '/a.html',
        '/A.HTML',
        '/sub',
        '/sub/',
        '/sub/c.html',
        '/sub/server.js',
        '/sub/nothing/here',
        '/app',
        '/app/',
        '/app/a.html',
        '/app/server.js',
        '/app/sub/c.html',
        '/b.unknown',
        '/server.js',
        '/server.js/info',
        '/server.js/debug',
        '/web.config',
        '/gone.html',
        '/socket.io/?EIO=4',
        '/a%20b%2Fc',
        '/x?q=1',
        '/x?longer=query',
        '/..%2Fa.html',
        '/a+b',
        '/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!',
        '/a.html.',
        '/%zz',
      ),
      method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'POST', 'OPTIONS', 'PUT'),
      header: fc.option(fc.constantFrom('1', '')),
      upgrade: fc.constant(false),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      path: fc.constantFrom('/socket.io/?EIO=4', '/x?q=1', '/', '/a.html', '/server.js', '/app/x', '/sub/c.html'),
      method: fc.constant('GET'),
      header: fc.constant(null),
      upgrade: fc.constant(true),
    }),
  },
);
