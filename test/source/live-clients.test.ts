import { describe, expect, it } from 'vitest';
import {
  clientsOfPage,
  clientsOfScript,
  importsOfPage,
  readPageFiles,
  readPageScripts,
} from '../../src/source/index.js';
import { growth, linear } from '../support/growth.js';

const address = new URL('http://host:8080/my%20app/page?x=1');
const where = { address, base: new URL('http://host:8080/base/') };
const pathIn = (code: string) => clientsOfScript({ file: 'http://host/a.js', text: code }, where)[0]?.path;

describe('the path of a client in a live page', () => {
  it.each([
    ["io({ path: '/a/' + 'b' })", '/a/b'],
    ["io({ path: new URL('socket.io', location.href).pathname })", '/my%20app/socket.io'],
    ["io({ path: new window.URL('socket.io', location).pathname })", '/my%20app/socket.io'],
    ["io({ path: new URL('socket.io', document.baseURI).pathname })", '/base/socket.io'],
    ["io({ path: window.location.pathname.replace('page', '') + 'socket.io' })", '/my%20app/socket.io'],
    ["io({ path: location.pathname.replace(/[^/]*$/, 'socket.io') })", '/my%20app/socket.io'],
    ["const p = location.pathname; io({ path: p.slice(0, p.lastIndexOf('/')) + '/rt' })", '/my%20app/rt'],
    ["const base = '' || '/x'; io({ path: base.concat('/rt') })", '/x/rt'],
  ])('%s', (code, path) => {
    expect(pathIn(code)).toEqual({ value: path });
  });

  it.each([
    'io({ path: settings.path })',
    "io({ path: location.pathname.replace(/(a+)+$/, '') })",
    'function f(location) { io({ path: location.pathname }) }',
    "const o = { path: '/a' }; o.path = base; io(o)",
    'io({ ...options })',
    'io(url, options)',
    'const p = p + 1; io({ path: p })',
  ])('is not known: %s', (code) => {
    expect(pathIn(code)).toEqual({ value: undefined });
  });

  it('is none where the client sets none', () => {
    expect(pathIn('io({ reconnection: false })')).toBeUndefined();
    expect(pathIn('io()')).toBeUndefined();
  });
});

it('a bundle is not read, nor is what does not parse', () => {
  expect(clientsOfScript({ file: 'http://host/a.js', text: `io();${' '.repeat(600_000)}` }, where)).toEqual([]);
  expect(clientsOfScript({ file: 'http://host/a.js', text: 'io(' }, where)).toEqual([]);
});

it('the clients and imports of a page have their place in the page', () => {
  const text = '<p>\n<script>io("/x")</script>\n<script type="module">\nimport "./a.js"; import "vue";\nio()</script>';
  const page = { file: address.href, text };
  expect(clientsOfPage(page, where).map(({ at, address: whom }) => [at.line, whom])).toEqual([
    [2, { value: '/x' }],
    [5, undefined],
  ]);
  expect(importsOfPage(page).map((each) => [each.address, each.at.line])).toEqual([['./a.js', 4]]);
});

it('the files of a page are those that a browser fetches', () => {
  const text = `<base href="/b/"><script src="a.js"></script><style>a::after { content: '<img src="x.png">' }</style>
<script>"<img src='y.png'>"</script><template><img src="z.png"></template><LINK REL="Stylesheet" HREF=s.css><img srcset="q.png">`;
  const { base, files } = readPageFiles({ file: address.href, text });
  expect(base).toBe('/b/');
  expect(files.map(({ kind, address: at }) => [kind, at])).toEqual([
    ['script', 'a.js'],
    ['style', 's.css'],
  ]);
  expect(files.map(({ offset, address: at }) => text.startsWith(at, offset))).toEqual([true, true]);
});

it.each([
  '<title>',
  '<!-- ',
  '<style>',
  '<script>',
  '<img src="',
  "<img '",
  '<noscript ',
  '<base href=x>',
  '<a <b ',
  '<script "',
  '<script></script>',
  'İ<script>İ</script>',
])('a page of only %j is read in linear time', (part) => {
  const read = (count: number) => {
    const page = { file: address.href, text: part.repeat(count) };
    return [readPageFiles(page), readPageScripts(page)];
  };
  expect(growth(read, 500)).toBeLessThan(linear);
});

describe('a client in a branch', () => {
  const clientsAt = (host: string, code: string): readonly (string | undefined)[] => {
    const page = new URL(`http://${host}/`);
    return clientsOfScript({ file: `${page.href}a.js`, text: code }, { address: page, base: page }).map(
      ({ address: whom }) => whom?.value,
    );
  };
  const local = "'http://localhost:3000'";

  it.each<[what: string, code: string, atHost: readonly unknown[], atHome: readonly unknown[]]>([
    [
      'of a test with a name',
      `const dev = location.hostname === 'localhost' && location.port === '5173';\nconst s = dev ? io(${local}) : io();`,
      [undefined],
      [undefined],
    ],
    [
      'of a statement',
      `if (location.hostname !== 'www.example.com') io(${local}); else io('/live');`,
      ['/live'],
      ['/live'],
    ],
    ['of a negation', `let s; if (!(location.port === '')) s = io('/dev'); else s = io();`, [undefined], ['/dev']],
    [
      'of a list, which is not read',
      `['localhost', '127.0.0.1'].includes(location.hostname) ? io(${local}) : io();`,
      ['http://localhost:3000', undefined],
      [undefined],
    ],
    ['of an address alone', `io(location.hostname === '127.0.0.1' ? ${local} : '/')`, ['/'], []],
    ['of nothing that is known', `if (window.beta) io('/beta');`, ['/beta'], ['/beta']],
    ['of no place', `io(${local})`, ['http://localhost:3000'], ['http://localhost:3000']],
  ])('%s is there where the page takes it', (_what, code, atHost, atHome) => {
    expect(clientsAt('www.example.com', code)).toEqual(atHost);
    expect(clientsAt('127.0.0.1:8080', code)).toEqual(atHome);
  });
});
