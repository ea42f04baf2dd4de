import { describe, expect, it } from 'vitest';
import { readHttpRedirect, redirectFor, type Target } from '../../../src/pipeline/sections/index.js';
import { at, server, webConfig } from '../../config/support.js';

/** Where the site sends a URL; the folders are /, /sub and /dante. */
function location(section: string, url: string, file = '/srv/web.config'): string | undefined {
  const model = server({ files: { [file]: webConfig(section) } });
  const [path = '', query = ''] = url.split('?');
  const target = (asked: string): Target => (/^\/(sub|dante)?\/?$/.test(asked) ? 'directory' : 'file');
  const found = redirectFor(readHttpRedirect(model, at(model, path)), { path, query, target });
  return found && `${found.status} ${found.location}`;
}
const enabled = (attributes: string, entries = ''): string =>
  `<httpRedirect enabled="true" ${attributes}>${entries}</httpRedirect>`;

describe('httpRedirect', () => {
  it('is off by default, and without a destination', () => {
    expect(location('<httpRedirect destination="http://new" />', '/a')).toBeUndefined();
    expect(location('<httpRedirect enabled="true" />', '/a')).toBeUndefined();
  });

  it('appends the path below the level of the setting, and the query', () => {
    expect(location(enabled('destination="http://new/"'), '/a b/c?x=1')).toBe('302 http://new/a%20b/c?x=1');
    const dante = '/apps/dante/web.config';
    expect(location(enabled('destination="http://new"'), '/dante/c', dante)).toBe('302 http://new/c');
    expect(location(enabled('destination="http://new"'), '/c', dante)).toBeUndefined();
  });

  it.each([
    ['a question mark and a number sign', '/a?b#c', 'http://new/a%3Fb%23c'],
    ['half a surrogate pair, as %uD800 gives it', '/\ud800', 'http://new/%EF%BF%BD'],
  ])('escapes the decoded path: %s', (_, path, expected) => {
    const model = server({ files: { '/srv/web.config': webConfig(enabled('destination="http://new/"')) } });
    const request = { path, query: '', target: (): Target => 'file' };
    expect(redirectFor(readHttpRedirect(model, at(model, '/')), request)?.location).toBe(expected);
  });

  it('redirects to exactly the destination with exactDestination', () => {
    expect(location(enabled('destination="http://new/x" exactDestination="true"'), '/a?q')).toBe('302 http://new/x');
  });

  it.each([
    ['Permanent', 301],
    ['Found', 302],
    ['Temporary', 307],
    ['PermRedirect', 308],
  ])('httpResponseStatus %s is %i', (name, status) => {
    const section = enabled(`destination="http://new" exactDestination="true" httpResponseStatus="${name}"`);
    expect(location(section, '/')).toBe(`${status} http://new`);
  });

  it('with childOnly ignores folders and their contents', () => {
    const section = enabled('destination="http://new" childOnly="true"');
    expect(location(section, '/a')).toBe('302 http://new/a');
    expect(location(section, '/sub')).toBeUndefined();
    expect(location(section, '/sub/a')).toBeUndefined();
  });

  it('inserts parts of the request: $V the whole path, $S the path below the level, $Q and $P the query', () => {
    const section = (destination: string) => enabled(`destination="${destination}" exactDestination="true"`);
    const dante = '/apps/dante/web.config';
    expect(location(section('http://new$V$Q'), '/dante/a?x=1', dante)).toBe('302 http://new/dante/a?x=1');
    expect(location(section('http://new$S?$P'), '/dante/a?x=1', dante)).toBe('302 http://new/a?x=1');
  });

  describe('with wildcards', () => {
    const section = enabled(
      'exactDestination="true"',
      '<add wildcard="*.php" destination="/default.htm" /><add wildcard="/old/*/x-*" destination="/new/$1/$0" />',
    );
    it.each([
      ['/a/b.PHP', '302 /default.htm'],
      ['/old/one/x-two', '302 /new/two/one'],
      ['/old/one', undefined],
      ['/a.html', undefined],
    ])('sends %s to %s', (url, expected) => expect(location(section, url)).toBe(expected));

    it('redirects to the destination of the section if none matches', () => {
      const both = enabled('destination="/all" exactDestination="true"', '<add wildcard="/a" destination="/b" />');
      expect(location(both, '/a')).toBe('302 /b');
      expect(location(both, '/c')).toBe('302 /all');
    });
  });
});
