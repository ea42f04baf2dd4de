import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { parseTarget } from '../../src/trace/target.js';
import { tracer, webConfig } from './support.js';

/** Pieces of URLs, well and badly put together. */
const urls = fc.oneof(
  fc.string({ unit: 'grapheme-composite' }),
  fc
    .array(
      fc.constantFrom(
        ...['http', 'ws', 'c', ':', '//', '/', '\\', '?', '#', '@', '[', '::1', ']', 'a.b', 'localhost', '.js', '..'],
        ...['80', '99999', '%', '%20', '%3F', '%uD800', '%C3', '%00', ' ', 'é', '\ud800', '\n', '__proto__', 'dante'],
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
);
const refusal = (error: unknown): string => {
  if (error instanceof UserError) return error.code;
  throw error;
};

describe('whatever is asked to be traced', () => {
  it('is a target for a request line, or BAD_URL', () => {
    fc.assert(
      fc.property(urls, (url) => {
        try {
          const { target, host, port } = parseTarget(url);
          expect(target).toMatch(/^\/[\x21-\x7e]*$/);
          expect(host).not.toBe('');
          expect(port).toBeLessThanOrEqual(65_535);
        } catch (error) {
          expect(refusal(error)).toBe('BAD_URL');
        }
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    'http://[bad',
    'http://[1:2:3]/',
    'http://999.9.9.9/',
    'ws://a<b/x',
    'http://a%zz/',
    'http://:80/',
    'http://[::1',
  ])('%j names no host: BAD_URL', (url) => {
    expect(() => parseTarget(url)).toThrow('BAD_URL');
  });

  it.each([
    ['http://[::1]:80/', '[::1]:80'],
    ['http://10.0.0.1/', '10.0.0.1'],
    ['http://under_score.example/', 'under_score.example'],
    ['http://città.example/', 'città.example'],
  ])('%j has the host %s', (url, host) => {
    expect(parseTarget(url).host).toBe(host);
  });

  it.each([
    ['with folders and files', '<directoryBrowse enabled="true" />'],
    ['with an HTTP redirect', '<httpRedirect enabled="true" destination="http://new$V$Q" />'],
    [
      'with rules',
      '<rewrite><rules><rule name="r"><match url="(.*)" /><action type="Redirect" url="x/{R:1}" /></rule></rules></rewrite>',
    ],
  ])('has an outcome in a site %s, or is BAD_URL', (_, section) => {
    const { trace } = tracer({ 'web.config': webConfig(section), 'a.b/x.js': '' });
    fc.assert(
      fc.property(urls, fc.boolean(), (url, isBelow) => {
        try {
          expect(trace(isBelow ? `/dante/${url}` : url).outcome.kind).toMatch(/^(handler|redirect|error)$/);
        } catch (error) {
          expect(refusal(error)).toBe('BAD_URL');
        }
      }),
      { numRuns: 300 },
    );
  });
});
