import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { serveSite } from '../../src/host/index.js';
import { type TraceOutcome, traceUrl } from '../../src/trace/index.js';
import { type Answer, folderWith, request, serve, webConfig } from '../host/harness.js';

/** Says what node saw; the only script that runs. */
const echo = `require('http').createServer((q, s) => { s.setHeader('x-node', '1'); s.end(q.method + ' ' + q.url); }).listen(process.env.PORT);`;

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
  '*',
  '[',
  '(a+)+$',
  '^never$',
);
const url = fc.constantFrom(
  'a.html',
  '{R:1}',
  '/node/server.js',
  '/node/server.js?own=1',
  'nope/{R:0}',
  'sub',
  'sub/',
  'web.config',
  'b.unknown',
  'server.js',
  '/b/{C:1}',
  '{ToLower:{URL}}',
  '{Nope:1}',
  '/node/server.js/info',
);
const action = fc.oneof(
  fc
    .tuple(url, fc.boolean())
    .map(([to, append]) => `<action type="Rewrite" url="${attribute(to)}" appendQueryString="${append}" />`),
  fc
    .tuple(url, fc.constantFrom('Permanent', 'Found', 'SeeOther', 'Temporary'))
    .map(([to, type]) => `<action type="Redirect" url="${attribute(to)}" redirectType="${type}" />`),
  fc.constantFrom(
    '<action type="None" />',
    '<action type="AbortRequest" />',
    '<action type="CustomResponse" statusCode="403" subStatusCode="5" statusReason="No" statusDescription="No" />',
    '<action type="CustomResponse" statusCode="200" statusReason="Fine" statusDescription="Fine" />',
  ),
);
const condition = fc.constantFrom(
  '<add input="{REQUEST_FILENAME}" matchType="IsFile" negate="true" />',
  '<add input="{REQUEST_FILENAME}" matchType="IsDirectory" negate="true" />',
  '<add input="{QUERY_STRING}" pattern="(q)=" />',
  '<add input="{HTTP_X_TEST}" pattern=".+" negate="true" />',
  '<add input="{REQUEST_METHOD}" pattern="^GET$" />',
);
const rule = fc
  .tuple(
    fc.option(pattern),
    fc.array(condition, { maxLength: 2 }),
    action,
    fc.boolean(),
    fc.constantFrom('ECMAScript', 'ECMAScript', 'Wildcard', 'ExactMatch'),
  )
  .map(
    ([match, conditions, act, stop, syntax]) =>
      (name: string) =>
        `<rule name="${name}" stopProcessing="${stop}" patternSyntax="${syntax}">${match === null ? '' : `<match url="${attribute(match)}" />`}<conditions>${conditions.join('')}</conditions>${act}</rule>`,
  );
const section = fc.constantFrom(
  '',
  '',
  '<webSocket enabled="false" />',
  '<directoryBrowse enabled="true" />',
  '<defaultDocument enabled="false" />',
  '<defaultDocument><files><clear /><add value="a.html" /></files></defaultDocument>',
  '<security><requestFiltering><hiddenSegments><add segment="sub" /></hiddenSegments></requestFiltering></security>',
  '<handlers><add name="node" path="server.js" verb="*" modules="iisnode" /></handlers>',
  '<handlers><add name="node" path="c.*" verb="GET" modules="iisnode" /></handlers>',
  '<handlers><clear /></handlers>',
  '<handlers><add name="bad" path="*.html" verb="*" modules="Nope" /></handlers>',
  '<staticContent><mimeMap fileExtension=".unknown" mimeType="text/x" /></staticContent>',
  '<httpRedirect enabled="true" destination="http://elsewhere/" childOnly="true" />',
  '<unknownSection />',
  '<handlers><add name="twice" path="a" verb="*" modules="x" /><add name="twice" path="b" verb="*" modules="x" /></handlers>',
);
const configs = fc.tuple(fc.array(rule, { maxLength: 3 }), section).map(([rules, other]) => {
  const written = rules.map((make, index) => make(`r${index}`)).join('\n');
  return webConfig(`${other}<rewrite><rules>${written}</rules></rewrite>`);
});
const requests = fc.record({
  path: fc.constantFrom(
    '',
    '/',
    '/a.html',
    '/A.HTML',
    '/sub',
    '/sub/',
    '/sub/c.html',
    '/b.unknown',
    '/server.js',
    '/web.config',
    '/gone.html',
    '/socket.io/?EIO=4',
    '/a%20b%2Fc',
    '/x?q=1',
    '/..%2Fa.html',
    '/a+b',
    '/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!',
    '/%zz',
  ),
  method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'POST', 'OPTIONS', 'PUT'),
  header: fc.option(fc.constantFrom('1', '')),
});

const answer = (status: number, code: string | undefined): { status: number; code: string | undefined } => ({
  status,
  code,
});

/** What a client sees of an outcome. */
function expected(outcome: TraceOutcome, method: string): object {
  const { status = 200, subStatus } = outcome;
  const hasPage =
    outcome.kind === 'error' && method !== 'HEAD' && status !== 501 && subStatus !== undefined && status !== 400;
  return { ...answer(status, hasPage ? `${status}.${subStatus}` : undefined), location: outcome.location };
}

function seen({ status, code, headers }: Answer): object {
  return { ...answer(status, code), location: headers.location };
}

it('what trace says is what serve answers', async () => {
  const root = folderWith({
    'node/server.js': echo,
    'node/web.config': webConfig(
      '<handlers><add name="node" path="server.js" verb="*" modules="iisnode" /></handlers>',
    ),
  });
  const samples = fc.sample(fc.tuple(configs, fc.array(requests, { minLength: 3, maxLength: 6 })), 100);
  samples.forEach(([config], index) => {
    const folder = path.join(root, `site${index}`);
    mkdirSync(path.join(folder, 'sub'), { recursive: true });
    const files = { 'web.config': config, 'a.html': 'a', 'b.unknown': 'b', 'sub/c.html': 'c' };
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  });
  const site = { directory: root, vdirPath: '/' };
  const { port } = await serve(site);
  const model = serveSite(site)();
  let compared = 0;
  for (const [index, [config, asked]] of samples.entries()) {
    for (const { path: rest, method, header } of asked) {
      const target = `/site${index}${rest}`;
      const headers: Record<string, string> = header === null ? {} : { 'X-Test': header };
      const { outcome, steps } = traceUrl({
        model,
        url: `http://127.0.0.1:${port}${target}`,
        method,
        headers: Object.entries(headers),
        environment: process.env,
      });
      const message = `${method} ${target}\n${config}\n${JSON.stringify({ outcome, steps }, undefined, 1)}`;
      compared++;
      let given: Answer;
      try {
        given = await request(port, target, { method, headers });
      } catch (error) {
        expect(outcome.kind, `${message}\n${String(error)}`).toBe('abort');
        continue;
      }
      expect(seen(given), message).toEqual(expected(outcome, method));
      if (!outcome.modules?.includes('iisnode') || outcome.kind !== 'handler') continue;
      if (given.headers['x-node'] === '1' && method !== 'HEAD') {
        expect(given.body, message).toBe(steps.findLast(({ stage }) => stage === 'iisnode')?.result);
      }
    }
  }
  expect(compared).toBeGreaterThan(250);
}, 60_000);
