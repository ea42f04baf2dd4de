import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { applicationHostText } from '../../../src/config/index.js';
import { folderWith, put, serve, type TestHost, webConfig } from '../harness.js';
import { handlers } from '../iisnode-app.js';
import { converse } from './raw-client.js';
import { get, lastGet } from './requests.js';

const script = `
require('node:http').createServer((request, response) => response.end(JSON.stringify([request.url, request.headers])))
  .listen(process.env.PORT);
`;
const asked = '{UrlDecode:{QUERY_STRING}}';
const rule = (name: string, action: string): string => `<rule name="${name}"><match url="^${name}$" />${action}</rule>`;
const rules =
  rule(
    'other',
    `<serverVariables><set name="HTTP_X_ASKED" value="${asked}" /></serverVariables><action type="Rewrite" url="server.js" />`,
  ) +
  rule(
    'known',
    `<serverVariables><set name="HTTP_REFERER" value="${asked}" /></serverVariables><action type="Rewrite" url="server.js" />`,
  ) +
  rule('redirect', `<action type="Redirect" url="/x${asked}" appendQueryString="false" />`) +
  rule('reason', `<action type="CustomResponse" statusCode="403" statusReason="${asked}" statusDescription="no" />`) +
  rule('reason200', `<action type="CustomResponse" statusCode="200" statusReason="${asked}" statusDescription="no" />`);
const outbound = `<outboundRules><rule name="out"><match serverVariable="RESPONSE_X_ASKED" pattern=".*" /><action type="Rewrite" value="${asked}" /></rule></outboundRules>`;

function site(more = ''): Promise<TestHost> {
  const directory = folderWith({
    'server.js': script,
    'a.txt': 'abc',
    'web.config': webConfig(`${handlers}<rewrite><rules>${rules}</rules>${more}</rewrite>`),
  });
  const applications = [{ path: '/', physicalPath: directory }];
  const bindings = [{ protocol: 'http', information: '*:80:' }];
  const text = applicationHostText({
    pools: [],
    sites: [{ name: 'one', id: 1, bindings, applications }],
    unlocked: true,
  });
  const allowed =
    '<rewrite><allowedServerVariables><add name="HTTP_X_ASKED" /><add name="HTTP_REFERER" /></allowedServerVariables></rewrite>';
  const applicationHostFile = path.join(directory, 'applicationHost.config');
  put(
    directory,
    'applicationHost.config',
    text.replace(
      '</configuration>',
      `<location path="one"><system.webServer>${allowed}</system.webServer></location></configuration>`,
    ),
  );
  return serve({ directory, vdirPath: '/', applicationHostFile });
}

/** Ends a header and then the head, for a reader that lets it. */
const injected = 'a%0d%0aInjected:%20b%0d%0a%0d%0aGET%20/second%20HTTP/1.1%0d%0aHost:%20x%0d%0a%0d%0a';

describe('line ends that a rule decodes out of a URL', () => {
  it.each(['other', 'known'])('start no header and no request for node (%s)', async (name) => {
    const { port, events } = await site();
    const { answers, rest } = await converse(
      port,
      get(`/${name}?${injected}`) + get(`/server.js?next`, 'Connection: close\r\n'),
    );
    expect([answers.map(({ status }) => status), rest]).toEqual([[200, 200], '']);
    const [url, headers] = JSON.parse(answers[0]?.body ?? '');
    expect(url).toBe(`/${name}?${injected}`);
    expect(headers).not.toHaveProperty('injected');
    expect(JSON.parse(answers[1]?.body ?? '')[0]).toBe('/server.js?next');
    expect(events.filter(({ code }) => code === 'HOST_FAULT')).toEqual([]);
  });

  it.each(['redirect', 'reason', 'reason200', 'a.txt', 'server.js'])(
    'start no header for the client and are no fault of the host (%s)',
    async (name) => {
      const { port, events } = await site(outbound);
      const { answers, rest } = await converse(port, get(`/${name}?${injected}`, 'Connection: close\r\n'));
      expect([answers.length, rest]).toEqual([1, '']);
      expect(answers[0]?.head).not.toMatch(/\r\nInjected:/);
      expect(events.filter(({ code }) => code === 'HOST_FAULT')).toEqual([]);
    },
  );
});

describe('a web.config that sets what no header can hold', () => {
  const static404 =
    '<httpErrors errorMode="Custom"><remove statusCode="404" /><error statusCode="404" path="http://x/–" responseMode="Redirect" /></httpErrors>';
  it.each([
    [
      'a custom header',
      '<httpProtocol><customHeaders><add name="X-Dash" value="a–b" /></customHeaders></httpProtocol>',
      '/a.txt',
      200,
      'X-Dash: a?b',
    ],
    [
      'the name of a custom header',
      '<httpProtocol><customHeaders><add name="X Dash" value="a" /></customHeaders></httpProtocol>',
      '/a.txt',
      200,
      '',
    ],
    [
      'a type',
      '<staticContent><mimeMap fileExtension=".dash" mimeType="text/–" /></staticContent>',
      '/a.dash',
      200,
      'Content-Type: text/?',
    ],
    [
      'what clients cache',
      '<staticContent><clientCache cacheControlCustom="–" /></staticContent>',
      '/a.txt',
      200,
      'Cache-Control: ?',
    ],
    [
      'a redirect',
      '<httpRedirect enabled="true" destination="http://x/–" exactDestination="true" />',
      '/a.txt',
      302,
      'Location: http://x/',
    ],
    ['an error page', static404, '/gone.txt', 302, 'Location: http://x/'],
    [
      'a reason',
      '<rewrite><rules><rule name="r"><match url="^a" /><action type="CustomResponse" statusCode="403" statusReason="no – no" /></rule></rules></rewrite>',
      '/a.txt',
      403,
      'HTTP/1.1 403 no ? no',
    ],
  ])('gets an answer all the same: %s', async (_, section, url, status, line) => {
    const directory = folderWith({ 'a.txt': 'abc', 'a.dash': 'abc', 'web.config': webConfig(section) });
    const { port, events } = await serve({ directory, vdirPath: '/' });
    const { answers, rest } = await converse(port, lastGet(url));
    expect([answers.map((answer) => answer.status), rest]).toEqual([[status], '']);
    expect(answers[0]?.head).toContain(line);
    expect(events.filter(({ code }) => code === 'HOST_FAULT')).toEqual([]);
  });
});
