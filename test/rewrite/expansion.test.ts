import { describe, expect, it } from 'vitest';
import type { RewriteMap, RewriteRequest } from '../../src/rewrite/index.js';
import { rule, run, to, urlAfter } from './rules.js';

/** What a text expands to, read off a CustomResponse's description. */
function expand(
  text: string,
  rest: { request?: Partial<RewriteRequest>; maps?: readonly RewriteMap[]; target?: string; before?: string } = {},
): string {
  const action = { type: 'CustomResponse', status: 200, subStatus: 0, reason: '', description: text } as const;
  const rules = [
    rule({ match: '^.*?([a-z]+)/?(x)?$', action, conditions: [{ input: 'one two', pattern: '(\\w+) (\\w+)' }] }),
  ];
  const before = rest.before === undefined ? [] : [rule({ action: to(rest.before) })];
  const { outcome } = run(rest.target ?? '/dante/a%20b?q=%41', [...before, ...rules], {
    ...(rest.request === undefined ? {} : { request: rest.request }),
    config: { maps: rest.maps ?? [] },
  });
  return outcome.kind === 'custom' ? outcome.description : JSON.stringify(outcome);
}

describe('server variables', () => {
  it.each([
    ['URL', '/dante/a b'],
    ['PATH_INFO', '/dante/a b'],
    ['SCRIPT_NAME', '/dante/a b'],
    ['REQUEST_URI', '/dante/a b?q=%41'],
    ['HTTP_URL', '/dante/a%20b?q=%41'],
    ['UNENCODED_URL', '/dante/a%20b?q=%41'],
    ['QUERY_STRING', 'q=%41'],
    ['CACHE_URL', 'http://example.org:80/dante/a b?q=%41'],
    ['REQUEST_FILENAME', 'C:\\dante\\a b'],
    ['SCRIPT_FILENAME', 'C:\\dante\\a b'],
    ['PATH_TRANSLATED', 'C:\\dante\\a b'],
    ['SCRIPT_TRANSLATED', '\\\\?\\C:\\dante\\a b'],
    ['DOCUMENT_ROOT', 'C:\\site'],
    ['APPL_PHYSICAL_PATH', 'C:\\dante\\'],
    ['APPL_MD_PATH', '/LM/W3SVC/1/ROOT/dante'],
    ['HTTP_HOST', 'example.org'],
    ['SERVER_NAME', 'example.org'],
    ['SERVER_PORT', '80'],
    ['SERVER_PORT_SECURE', '0'],
    ['HTTPS', 'off'],
    ['REQUEST_METHOD', 'GET'],
    ['HTTP_METHOD', 'GET'],
    ['SERVER_PROTOCOL', 'HTTP/1.1'],
    ['HTTP_VERSION', 'HTTP/1.1'],
    ['REMOTE_ADDR', '192.0.2.7'],
    ['REMOTE_HOST', '192.0.2.7'],
    ['REMOTE_PORT', '50123'],
    ['LOCAL_ADDR', '192.0.2.1'],
    ['SERVER_ADDR', '192.0.2.1'],
    ['CONTENT_LENGTH', ''],
    ['APP_POOL_ID', 'DefaultAppPool'],
    ['INSTANCE_ID', '1'],
    ['INSTANCE_NAME', 'Default Web Site'],
    ['AUTH_USER', ''],
    ['REMOTE_USER', ''],
    ['LOGON_USER', ''],
    ['AUTH_TYPE', ''],
    ['HTTP_X_ORIGINAL_URL', ''],
    ['ALL_HTTP', 'HTTP_HOST:example.org\n'],
    ['ALL_RAW', 'host: example.org\r\n'],
    ['GATEWAY_INTERFACE', 'CGI/1.1'],
    ['request_uri', '/dante/a b?q=%41'],
  ])('{%s} is %s', (name, value) => expect(expand(`{${name}}`)).toBe(value));

  it.each([
    ['URL', '/new/b'],
    ['PATH_INFO', '/new/b'],
    ['REQUEST_URI', '/new/b?q=%41'],
    ['REQUEST_FILENAME', 'C:\\site\\new\\b'],
    ['QUERY_STRING', 'q=%41'],
    ['UNENCODED_URL', '/dante/a%20b?q=%41'],
    ['HTTP_X_ORIGINAL_URL', '/dante/a b?q=%41'],
    ['HTTP_URL', '/new/b?q=%41'],
  ])('after a rewrite {%s} is %s', (name, value) => expect(expand(`{${name}}`, { before: '/new/b' })).toBe(value));

  it('headers are read as HTTP_NAME, absent ones are empty', () => {
    const headers = { upgrade: 'websocket', 'x-forwarded-proto': 'https', 'sec-websocket-key': 'k' };
    expect(
      expand('{HTTP_UPGRADE}|{HTTP_X_FORWARDED_PROTO}|{HTTP_SEC_WEBSOCKET_KEY}|{HTTP_ORIGIN}', {
        request: { headers },
      }),
    ).toBe('websocket|https|k|');
    expect(expand('{HTTP_CONSTRUCTOR}{HTTP___PROTO__}')).toBe('');
  });

  it('a header named like something every JavaScript object has is absent all the same, also after a rewrite', () => {
    expect(expand('[{HTTP_CONSTRUCTOR}]')).toBe('[]');
    expect(expand('[{HTTP_CONSTRUCTOR}]', { before: 'after' })).toBe('[]');
    const headers = Object.fromEntries([['constructor', 'mine']]);
    expect(expand('[{HTTP_CONSTRUCTOR}]', { request: { headers }, before: 'after' })).toBe('[mine]');
  });

  it('headers named like a server variable cannot be read', () => {
    const headers = { method: 'forged', url: '/forged', version: '9' };
    expect(expand('{HTTP_METHOD} {HTTP_URL} {HTTP_VERSION}', { request: { headers }, target: '/b' })).toBe(
      'GET /b HTTP/1.1',
    );
  });

  it('response headers are nothing to inbound rules', () =>
    expect(expand('[{RESPONSE_CONTENT_TYPE}]', { request: { headers: { 'content-type': 'text/html' } } })).toBe('[]'));

  it('unknown names are empty, also misspelt ones and doubled braces', () =>
    expect(expand('[{REQUEST_FILNAME}{HTTP-HOST}{}{{REQUEST_FILENAME}}]')).toBe('[]'));

  it('https and ports', () => {
    const request = { scheme: 'https', host: 'example.org:8443', localPort: 8443 } as const;
    expect(expand('{HTTPS} {SERVER_PORT_SECURE} {CACHE_URL} {SERVER_NAME}', { request, target: '/b' })).toBe(
      'on 1 https://example.org:8443/b example.org',
    );
    expect(expand('{SERVER_NAME}', { request: { host: '[::1]:80' } })).toBe('[::1]');
    expect(expand('{SERVER_NAME} {CACHE_URL}', { request: { host: '' }, target: '/b' })).toBe(
      '192.0.2.1 http://192.0.2.1:80/b',
    );
  });
});

describe('back-references', () => {
  it.each([
    ['{R:0}', 'dante/a b'],
    ['{R:1}', 'b'],
    ['{R:2}', ''],
    ['{R:3}', ''],
    ['{R:99}', ''],
    ['{C:0}', 'one two'],
    ['{C:1}-{C:2}', 'one-two'],
    ['{C:3}', ''],
  ])('%s is "%s"', (text, value) => expect(expand(text)).toBe(value));
});

it('back-references go up to 31', () => {
  const letters = 'abcdefghijklmnopqrstuvwxyzabcdefgh';
  const rules = [rule({ match: '(.)'.repeat(33), action: to('{R:31}[{R:32}]') })];
  expect(urlAfter(`/${letters}`, rules)).toBe(`/${letters.charAt(30)}[]`);
});

describe('functions', () => {
  it.each([
    ['{ToLower:ABC{HTTP_HOST}É}', 'abcexample.orgé'],
    ['{UrlEncode:a b/é?&=%}', 'a%20b%2F%C3%A9%3F%26%3D%25'],
    ['{UrlDecode:a%20b%2F%C3%A9%zz}', 'a b/é%zz'],
    ['{UrlDecode:{QUERY_STRING}}', 'q=A'],
    ['{UrlDecode:%252E}', '%2E'],
    ['{UrlDecode:%EF%BB%BFa+b}', '\ufeffa+b'],
    ['{HtmlEncode:<a href="b">&\'}', '&lt;a href=&quot;b&quot;&gt;&amp;&#39;'],
    ['{tolower:X}', 'x'],
    ['{ToLower:}', ''],
    ['{ToLower:{UrlDecode:%41}:B}', 'a:b'],
  ])('%s is %s', (text, value) => expect(expand(text)).toBe(value));
});

describe('rewrite maps', () => {
  const map = (rest: Partial<RewriteMap> = {}): RewriteMap => ({
    name: 'Targets',
    defaultValue: 'none',
    ignoreCase: true,
    entries: new Map([
      ['/A', 'first'],
      ['/a', 'second'],
      ['one', '1'],
    ]),
    ...rest,
  });

  it.each([
    ['{Targets:one}', '1'],
    ['{Targets:ONE}', '1'],
    ['{Targets:/a}', 'first'],
    ['{Targets:{C:1}}', '1'],
    ['{Targets:two}', 'none'],
    ['{ToLower:{Targets:/A}X}', 'firstx'],
  ])('%s is %s', (text, value) => expect(expand(text, { maps: [map()] })).toBe(value));

  it('compare with case when ignoreCase is false', () => {
    const maps = [map({ ignoreCase: false, defaultValue: '' })];
    expect(expand('[{Targets:/a}{Targets:ONE}]', { maps })).toBe('[second]');
  });
});

it('refuses absurd nesting without overflowing the stack', () => {
  const result = run('/x', [rule({ action: to(`${'{ToLower:'.repeat(20_000)}${'}'.repeat(20_000)}`) })]);
  expect(result.outcome.kind).toBe('error');
});
