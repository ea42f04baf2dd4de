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
  '/node/server.js?fail=1',
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
    fc.oneof(
      { weight: 8, arbitrary: fc.constant('') },
      { weight: 2, arbitrary: fc.constant('<set name="HTTP_CONNECTION" value="Upgrade" />') },
      { weight: 1, arbitrary: fc.constant('<set name="HTTP_X_FORBIDDEN" value="{R:0}" />') },
    ),
  )
  .map(
    ([match, conditions, act, stop, syntax, more, grouping, sets]) =>
      (name: string) =>
        `<rule name="${name}" stopProcessing="${stop}" patternSyntax="${syntax}">${match === null ? '' : `<match url="${attribute(match)}"${more} />`}<conditions logicalGrouping="${grouping}">${conditions.join('')}</conditions>${sets && `<serverVariables>${sets}</serverVariables>`}${act}</rule>`,
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

/** A page of the site's own for what is most often wrong. */
const ownPage = (path: string, mode: string): string =>
  `<httpErrors errorMode="Custom">${[403, 404, 405].map((status) => `<remove statusCode="${status}" /><error statusCode="${status}" path="${path}" responseMode="${mode}" />`).join('')}</httpErrors>`;

const filtering = (inner: string): string => `<security><requestFiltering>${inner}</requestFiltering></security>`;
const section = fc.oneof(
  { weight: 3, arbitrary: handlers },
  {
    weight: 5,
    arbitrary: fc.constantFrom(
      ...Array<string>(12).fill(''),
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
      ...[
        '/node/a.html',
        '/node/server.js?page=1',
        '/node/server.js',
        '/node/empty',
        '/node/gone.html',
        '/polling/server.js',
      ].map((page) => ownPage(page, 'ExecuteURL')),
      ownPage('/node/a.html', 'ExecuteURL'),
      ownPage('a.html', 'File'),
      ownPage('gone.html', 'File'),
      '<iisnode nodeProcessCountPerApplication="2" nodeProcessStickySessions="true" />',
      '<iisnode nodeProcessStickySessions="true" debuggingEnabled="false" />',
      '<iisnode debuggerPathSegment="" />',
      filtering('<denyQueryStringSequences><add sequence="q=" /></denyQueryStringSequences>'),
      filtering('<fileExtensions allowUnlisted="false"><add fileExtension=".html" allowed="true" /></fileExtensions>'),
      '<defaultDocument><files><add value="server.js" /></files></defaultDocument>',
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
/** One says that it was here, one is wrong, one looks at nothing. */
const outbound = fc
  .oneof(
    { weight: 8, arbitrary: fc.constant(undefined) },
    { weight: 2, arbitrary: fc.constant('.*') },
    { weight: 1, arbitrary: fc.constant('*') },
    { weight: 1, arbitrary: fc.constant('^never$') },
  )
  .map((match) =>
    match === undefined
      ? ''
      : `<outboundRules><rule name="out ${attribute(match)}"><match serverVariable="RESPONSE_X_OUT" pattern="${attribute(match)}" /><action type="Rewrite" value="1" /></rule></outboundRules>`,
  );
const rules = fc
  .tuple(
    fc.array(fc.oneof({ weight: 4, arbitrary: rule }, { weight: 1, arbitrary: toNode }), { maxLength: 3 }),
    outbound,
  )
  .map(([made, out]) => [made.map((make, index) => make(`r${index}`)).join('\n'), out])
  .map(
    ([written, out]) =>
      `<rewrite><rules>${written}</rules>${out}<rewriteMaps><rewriteMap name="Map"><add key="x" value="sub/c.html" /></rewriteMap></rewriteMaps></rewrite>`,
  );
/** Several sections, each at most once: a second one of a name is an error of its own. */
const sections = fc
  .array(section, { maxLength: 4 })
  .map((all) => [...new Map(all.map((text) => [/^<\w+/.exec(text)?.[0], text])).values()].join('\n'));
const written = fc.tuple(rules, sections).map(([all, others]) => webConfig(`${others}${all}`));

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
  /** Is there a server.js in its folder? */
  readonly server: boolean;
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
  server: fc.nat(4).map((number) => number === 0),
  locations: fc.option(location.filter((make) => harmless(make('x')))).map((make) => make ?? (() => '')),
});

export interface GeneratedRequest {
  readonly path: string;
  readonly method: string;
  readonly header: string | null;
  /** `firefox` sends another Connection header, which iisnode takes for none. */
  readonly upgrade: 'none' | 'chrome' | 'firefox';
}

/** Rules of applicationHost.config, for all sites. */
export const globalRules = [
  '<rule name="inner"><match url="^(site\\d+)/global/(.*)" /><action type="Rewrite" url="/{R:1}/{R:2}" /></rule>',
  '<rule name="moved"><match url="^(site\\d+)/moved/(.*)" /><action type="Redirect" url="/{R:1}/{R:2}" /></rule>',
  '<rule name="refused"><match url="/refused$" /><action type="CustomResponse" statusCode="404" subStatusCode="17" statusReason="No" statusDescription="No" /></rule>',
].join('');

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
        '/socket.io/?EIO=4&fail=1',
        '/global/a.html',
        '/global/web.config',
        '/global/x?q=1',
        '/moved/a.html',
        '/refused',
      ),
      method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'POST', 'OPTIONS', 'PUT'),
      header: fc.option(fc.constantFrom('1', '')),
      upgrade: fc.constant('none'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      path: fc.constantFrom('/socket.io/?EIO=4', '/x?q=1', '/', '/a.html', '/server.js', '/app/x', '/sub/c.html'),
      method: fc.constant('GET'),
      header: fc.constant(null),
      upgrade: fc.constantFrom('chrome', 'chrome', 'firefox'),
    }),
  },
);

const toServer = handler('own', 'server.js', 'verb="*"');
const ask = (path: string, method = 'GET', upgrade: GeneratedRequest['upgrade'] = 'none'): GeneratedRequest => ({
  path,
  method,
  header: null,
  upgrade,
});
const sure = (
  sections: string,
  ...requests: readonly GeneratedRequest[]
): readonly [GeneratedSite, typeof requests] => [
  { root: webConfig(sections), sub: null, app: null, server: true, locations: () => '' },
  requests,
];
const ruleTo = (act: string): string =>
  `<rewrite><rules><rule name="all"><match url="^x$" />${act}</rule></rules></rewrite>`;
const outboundRule = (match: string): string =>
  `<rewrite><outboundRules><rule name="out ${match}"><match serverVariable="RESPONSE_X_OUT" pattern="${match}" /><action type="Rewrite" value="1" /></rule></outboundRules></rewrite>`;

/** What chance meets too seldom. */
export const directed = [
  sure(
    `${toServer}<webSocket enabled="false" /><iisnode nodeProcessCountPerApplication="2" nodeProcessStickySessions="true" />`,
    ...['/server.js', '/server.js?fail=1', '/sub/nothing/server.js', '/sub/server.js', '/server.js/debug'].map((path) =>
      ask(path),
    ),
    ask('/server.js', 'GET', 'chrome'),
    ask('/server.js', 'GET', 'firefox'),
  ),
  sure(toServer, ask('/server.js', 'GET', 'chrome')),
  sure(`${toServer}<httpErrors existingResponse="PassThrough" />`, ask('/server.js?fail=1')),
  sure(`${toServer}<defaultDocument><files><add value="server.js" /></files></defaultDocument>`, ask('/'), ask('')),
  sure(filtering('<verbs><add verb="POST" allowed="false" /></verbs>'), ask('/a.html', 'POST')),
  sure(
    filtering(
      '<requestLimits maxQueryString="4" /><denyUrlSequences><add sequence="c.h" /></denyUrlSequences><denyQueryStringSequences><add sequence="q=" /></denyQueryStringSequences><fileExtensions allowUnlisted="false"><add fileExtension=".html" allowed="true" /></fileExtensions>',
    ),
    ...['/a.html?longer=query', '/a.html?q=1', '/sub/c.html', '/b.unknown', '/a.html'].map((path) => ask(path)),
  ),
  sure('<handlers><add name="bad" path="*.html" verb="*" modules="Nope" /></handlers>', ask('/a.html')),
  sure('<handlers><clear /></handlers>', ask('/a.html')),
  sure(
    '<handlers accessPolicy="Read"><add name="own" path="server.js" modules="iisnode" verb="*" /></handlers>',
    ask('/server.js'),
  ),
  sure('<directoryBrowse enabled="true" />', ask('/sub/')),
  sure('<httpRedirect enabled="true" destination="http://elsewhere/" />', ask('/a.html')),
  ...['<action type="AbortRequest" />', '<action type="CustomResponse" statusCode="200" statusReason="Fine" />'].map(
    (act) => sure(ruleTo(act), ask('/x')),
  ),
  sure(ruleTo('<action type="CustomResponse" statusCode="403" subStatusCode="5" />'), ask('/x')),
  sure(ruleTo('<action type="Redirect" url="y" />'), ask('/x')),
  sure(outboundRule('.*'), ask('/a.html'), ask('/gone.html'), ask('/web.config')),
  sure(outboundRule('*'), ask('/a.html'), ask('/gone.html'), ask('/sub'), ask('/moved/a.html')),
  sure(outboundRule('*') + ownPage('/node/a.html', 'ExecuteURL'), ask('/gone.html')),
  ...['/node/a.html', '/node/server.js', '/node/empty', '/node/gone.html', '/node/empty/'].map((page) =>
    sure(
      ownPage(page, 'ExecuteURL'),
      ask('/gone.html'),
      ask('/sub/'),
      ask('/a.html', 'POST'),
      ask('/gone.html', 'HEAD'),
      ask('/gone.html', 'GET', 'chrome'),
    ),
  ),
  ...['a.html', 'gone.html', 'sub'].map((page) =>
    sure(ownPage(page, 'File'), ask('/gone.html'), ask('/gone.html', 'HEAD')),
  ),
  sure(ownPage('/node/a.html', 'Redirect'), ask('/gone.html')),
  sure(
    ruleTo('<action type="Rewrite" url="/platform/{R:0}" />'),
    ...['/x', '/x?fail=1', '/x?a=%C3%BC&b=%20'].map((path) => ask(path)),
    ...(['HEAD', 'POST', 'OPTIONS'] as const).map((method) => ask('/x', method)),
    ...(['chrome', 'firefox'] as const).map((browser) => ask('/x', 'GET', browser)),
  ),
  sure(ruleTo('<action type="Rewrite" url="/quiet/{R:0}" />'), ask('/x', 'GET', 'chrome'), ask('/x?fail=1')),
  sure(ruleTo('<action type="Rewrite" url="/unset/{R:0}" />'), ask('/x')),
  sure(ownPage('/platform/page', 'ExecuteURL'), ask('/gone.html')),
  sure(
    ruleTo('<action type="Rewrite" url="/private/a.html" />'),
    ...(['GET', 'HEAD', 'POST'] as const).map((method) => ask('/x', method)),
    ask('/x', 'GET', 'chrome'),
  ),
] as const;
