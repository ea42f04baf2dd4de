import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteForCmd, quoteForSh, quoteForShell } from '../src/quoting.js';

/** What a POSIX shell makes of these words. */
const readBySh = (words: readonly string[]): string[] =>
  execFileSync('sh', ['-c', `printf '%s\\0' ${words.join(' ')}`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);

describe.skipIf(process.platform === 'win32')('what is typed into a POSIX shell', () => {
  it.each([
    ['dante', 'dante'],
    ['/apps/my app', '"/apps/my app"'],
    ['/apps/$(id)', "'/apps/$(id)'"],
    ["`id`'s", "'`id`'\\''s'"],
    ['C:\\apps\\chat', "'C:\\apps\\chat'"],
    ['~', '"~"'],
    ['/site.name:Default Web Site', '/site.name:"Default Web Site"'],
    ['/physicalPath:C:\\a b', "/physicalPath:'C:\\a b'"],
    ['/name:$x', "/name:'$x'"],
    ['', '""'],
  ])('%s is %s', (text, typed) => {
    expect(quoteForSh(text)).toBe(typed);
    expect(quoteForShell(text)).toBe(typed);
    expect(readBySh([typed])).toEqual([text]);
  });

  it('arrives as it is, whatever it holds, and runs nothing', () => {
    const hostile = fc.constantFrom(
      ...'$`"\'\\!#~*?[]{}()<>|&;= %^\t-aZ0ä🎭',
      '$(id)',
      '`id`',
      '$HOME',
      '\\\\',
      "'\\''",
    );
    const texts = fc.sample(
      fc.array(hostile, { maxLength: 12 }).map((parts) => parts.join('')),
      { numRuns: 2_000, seed: 1_300 },
    );
    expect(readBySh(texts.map((text) => quoteForSh(text)))).toEqual(texts);
  });
});

it.runIf(process.platform === 'win32')('on Windows it is typed into cmd.exe', () => {
  expect(quoteForShell('C:\\my apps')).toBe(quoteForCmd('C:\\my apps'));
});
