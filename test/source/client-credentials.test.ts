import { describe, expect, it } from 'vitest';
import { clientsOfScript } from '../../src/source/index.js';

const address = new URL('http://host:8080/my%20app/page?room=7');
const where = { address, base: address };
const sentBy = (code: string) => clientsOfScript({ file: 'http://host/a.js', text: code }, where)[0]?.sent;
const none = { auth: undefined, query: undefined, headers: {}, unread: [] };

describe('what a client of a page sends about itself', () => {
  it.each([
    ['io()', {}],
    ['io({ reconnection: false })', {}],
    ["io({ auth: { token: 'abc' } })", { auth: { token: 'abc' } }],
    [
      "const token = 'a' + 'bc'; io('/x', { auth: { token, n: 1, on: true, no: null } })",
      { auth: { token: 'abc', n: 1, on: true, no: null } },
    ],
    ["io({ auth: { user: { ids: [1, 'b'] } } })", { auth: { user: { ids: [1, 'b'] } } }],
    ["io({ auth: (cb) => cb({ token: 'abc' }) })", { auth: { token: 'abc' } }],
    ["io({ auth(done) { done({ token: 'abc' }); } })", { auth: { token: 'abc' } }],
    ['io({ auth: function (cb) { return cb({ path: location.pathname }) } })', { auth: { path: '/my%20app/page' } }],
    ["const s = io({ autoConnect: false }); s.auth = { token: 'abc' }; s.connect()", { auth: { token: 'abc' } }],
    ["io({ query: { token: 'abc', n: 1 } })", { query: { token: 'abc', n: '1' } }],
    ["io({ query: 'token=abc&x=%20' })", { query: { token: 'abc', x: ' ' } }],
    ["io('/?token=abc')", { query: { token: 'abc' } }],
    ["io('/?token=abc', { query: { other: 'x' } })", { query: { other: 'x' } }],
    ["io({ extraHeaders: { 'X-Key': 'abc' } })", { headers: { 'x-key': 'abc' } }],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: code under test
    ["io({ extraHeaders: { Authorization: `Bearer ${'abc'}` } })", { headers: { authorization: 'Bearer abc' } }],
    // A browser does not let a script set these.
    [
      "io({ extraHeaders: { Cookie: 'a=b', Host: 'x', Origin: 'y', 'sec-a': 'z', 'proxy-b': 'z', Connection: 'close' } })",
      {},
    ],
    // What no header can be is left out as well.
    ["io({ extraHeaders: { 'a b': 'c', d: 'e\\r\\nf: g' } })", {}],
  ])('%s', (code, sent) => {
    expect(sentBy(code)).toEqual({ ...none, ...sent });
  });

  it.each([
    ['io({ auth: { token: localStorage.token } })', ['auth']],
    ['io({ auth: { ...user } })', ['auth']],
    ['io({ auth: (cb) => load().then((token) => cb({ token })) })', ['auth']],
    ['io({ auth: getAuth })', ['auth']],
    ['const s = io(); s.auth = { token: prompt() }', ['auth']],
    ["const s = io({ auth: { a: 'b' } }); s.auth.token = t", ['auth']],
    ["const s = io(); s.auth = { a: 'b' }; s.auth = { c: 'd' }", ['auth']],
    ['io({ query: { token } })', ['query']],
    ["io('/?token=' + token)", ['query']],
    ['io({ extraHeaders: { authorization: token } })', ['extraHeaders']],
    ['io({ transportOptions: { polling: { extraHeaders: { a: token } } } })', ['extraHeaders']],
    ['io({ ...options })', ['auth', 'query', 'extraHeaders']],
    ['io(url, options)', ['auth', 'query', 'extraHeaders']],
    ["const o = { path: '/a' }; o.query = { t: token }; io(o)", ['query']],
    ['const s = io(); s.io.opts.query = { t: token }', ['query']],
  ])('is not known where only the code knows it: %s', (code, unread) => {
    expect(sentBy(code)?.unread).toEqual(unread);
  });

  it('keeps of a query what is known', () => {
    expect(sentBy("io({ query: { room: 'a', token } })")).toEqual({ ...none, query: { room: 'a' }, unread: ['query'] });
  });

  it.each([
    ["io('/a', { forceNew: true })", true],
    ["io('/a', { 'force new connection': true })", true],
    ["io('/a', { multiplex: false })", true],
    ["io('/a', { multiplex: true, forceNew: false })", false],
    ["io('/a')", false],
  ])('%s has a connection of its own: %s', (code, isOwn) => {
    expect(clientsOfScript({ file: 'http://host/a.js', text: code }, where)[0]?.isOwnConnection).toBe(isOwn);
  });

  it('ends for a value that leads back to itself, and for one that is deep or long', () => {
    const deep = `${'['.repeat(30)}${']'.repeat(30)}`;
    for (const value of ['{ a }', deep, `'${'x'.repeat(20_000)}'`]) {
      expect(sentBy(`const a = { a }; io({ auth: { v: ${value} } })`)?.unread).toEqual(['auth']);
    }
  });
});
