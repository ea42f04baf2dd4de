import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchPathPattern, type Target } from '../../../src/pipeline/sections/index.js';

const files =
  (...names: string[]) =>
  (path: string): Target =>
    names.includes(path) ? 'file' : 'missing';
const none = files();
const takes = (pattern: string, path: string): boolean => matchPathPattern(pattern, path, none) !== undefined;

describe('a handler path', () => {
  it.each([
    ['*', '/'],
    ['*', '/a/b.c'],
    ['*.js', '/server.js'],
    ['*.js', '/lib/deep/server.JS'],
    ['*.', '/folder/name'],
    ['*.', '/folder/'],
    ['server.js', '/server.js'],
    ['server.js', '/lib/server.js'],
    ['server.js', '/Lib/SERVER.js'],
    ['api/*', '/api/x'],
    ['api/*', '/v1/api/x/y'],
    ['bin/www', '/bin/www'],
    ['bin/www', '/dante/bin/www'],
    ['server*.js', '/server-socketio.js'],
    ['server?.js', '/server2.js'],
    ['a.js, b.js', '/b.js'],
  ])('%s matches %s', (pattern, path) => expect(takes(pattern, path)).toBe(true));

  it.each([
    ['*.js', '/server.json'],
    ['*.', '/a.b'],
    ['server.js', '/my-server.js'],
    ['server.js', '/server.js.map'],
    ['api/*', '/api'],
    ['api/*', '/api/'],
    ['api/*', '/myapi/x'],
    ['bin/www', '/robin/www'],
    ['./server.js', '/server.js'],
    ['bin\\www', '/bin/www'],
    ['/server.js', '/server.js'],
    ['server*.js', '/serverx/y.js'],
    ['server?.js', '/server.js'],
    ['server.js', '/serverxjs'],
  ])('%s does not match %s', (pattern, path) => expect(takes(pattern, path)).toBe(false));

  it('matches path info after a file, as the debugger URLs of iisnode need', () => {
    const match = matchPathPattern('server.js', '/dante/server.js/debug/x', files('/dante/server.js'));
    expect(match).toEqual({ script: '/dante/server.js', pathInfo: '/debug/x' });
  });

  it('does not match what only looks like path info: a folder of that name', () => {
    expect(matchPathPattern('*.js', '/chart.js/style.css', () => 'directory')).toBeUndefined();
  });

  it('never throws and never takes long, for any text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), fc.webPath(), (pattern, path) => {
        const match = matchPathPattern(pattern, `/${path}`, none);
        expect(match === undefined || `/${path}` === match.script + match.pathInfo).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

it('a pattern made to backtrack is matched in little time', () => {
  expect(takes(`${'*a'.repeat(30)}b`, `/${'a'.repeat(4000)}`)).toBe(false);
});
