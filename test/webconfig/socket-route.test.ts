import { describe, expect, it } from 'vitest';
import { readRewriteConfig } from '../../src/rewrite/index.js';
import { loadFolderModel, meansSocketIo } from '../../src/webconfig/index.js';

/** The judgement on a rule, read as IIS reads it. */
function isMeant(rule: string, folder?: string): boolean {
  const text = `<configuration><system.webServer><rewrite><rules>${rule}</rules></rewrite></system.webServer></configuration>`;
  const reader = {
    read: (file: string) => (file.endsWith('web.config') ? Buffer.from(text) : undefined),
    isDirectory: () => true,
  };
  const { model, at } = loadFolderModel({ directory: '/app', vdirPath: '/', reader, platform: 'posix' });
  const [first] = readRewriteConfig(model, at).rules;
  if (first === undefined) throw new Error('no rule');
  return meansSocketIo(first, folder);
}
const rule = (match: string, conditions = '', more = ''): string =>
  `<rule name="x"${more}><match ${match} />${conditions && `<conditions>${conditions}</conditions>`}<action type="Rewrite" url="server.js" /></rule>`;
const when = (input: string, pattern: string, more = ''): string =>
  `<add input="${input}" pattern="${pattern}"${more} />`;

describe('a rule is meant for socket.io', () => {
  it.each([
    ['anchored', rule('url="^socket\\.io(/|$)"')],
    ['after anything', rule('url="^(.*)socket\\.io"')],
    ['unescaped', rule('url="socket.io"')],
    ['in capitals', rule('url="^Socket\\.IO/"')],
    ['as a wildcard', rule('url="*/socket.io/*"', '', ' patternSyntax="Wildcard"')],
    ['with the dot in a class', rule('url="^socket[.]io/"')],
    ['with the dot as hexadecimal', rule('url="^socket\\x2eio/"')],
    ['percent-encoded', rule('url="^socket%2Eio/"')],
    ['in groups', rule('url="^(?:(socket)(\\.)(io))/"')],
    ['among others', rule('url="^(api|socket\\.io)/"')],
    ['with a leading slash, which never matches', rule('url="^/socket\\.io/"')],
    ['with its client script', rule('url="^socket\\.io/socket\\.io\\.js$"')],
    ['by a condition on the URL', rule('url=".*"', when('{REQUEST_URI}', 'socket\\.io'))],
    ['by a condition on a capture', rule('url="(.*)"', when('/{R:1}', '^/socket\\.io'))],
    ['although it excludes something else', rule('url="^(?!api/).*socket\\.io"')],
  ])('%s', (_how, text) => {
    expect(isMeant(text)).toBe(true);
  });

  it.each([
    ['everything', rule('url=".*"')],
    ['everything but its requests: negated', rule('url="^socket\\.io" negate="true"')],
    ['everything but its requests: a negative lookahead', rule('url="^(?!socket\\.io|api(/|$)).*$"')],
    [
      'everything but its requests: a condition',
      rule('url=".*"', when('{REQUEST_URI}', 'socket\\.io', ' negate="true"')),
    ],
    ['requests from pages with that name', rule('url=".*"', when('{HTTP_REFERER}', 'socket\\.io'))],
    ['requests with that name in the query', rule('url=".*"', when('{QUERY_STRING}', 'socket\\.io'))],
    ['a script of that name', rule('url="^server-socket\\.io\\.js$"')],
    ['a script that begins with it', rule('url="^socket\\.io-server\\.js"')],
    ['another path', rule('url="^socketio/"')],
    ['something else, with that name', rule('url="^api/"').replace('name="x"', 'name="socket.io"')],
    ['something else, with a comment', rule('url="^api/"').replace('<match', '<!-- socket.io --><match')],
  ])('but not one for %s', (_what, text) => {
    expect(isMeant(text)).toBe(false);
  });

  it('at the path of the server, if it has its own', () => {
    expect(isMeant(rule('url="^socketio/"'), 'socketio')).toBe(true);
    expect(isMeant(rule('url="^live\\.chat/"'), 'live.chat')).toBe(true);
    expect(isMeant(rule('url="^socket\\.io/"'), 'live.chat')).toBe(true);
    expect(isMeant(rule('url="^(live|api)/"'), 'live/chat')).toBe(false);
  });
});
