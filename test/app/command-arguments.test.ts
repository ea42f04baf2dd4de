import fc from 'fast-check';
import { expect, it } from 'vitest';
import { scriptOf, wordsOf } from '../../src/app/command-arguments.js';

it.each([
  ['server.js', 'server.js'],
  ['.\\server.js --port 3', '.\\server.js'],
  ['"my app\\server.js" x', 'my app\\server.js'],
  ['--enable-source-maps -r ./env.js --import ./a.mjs dist/main', 'dist/main'],
  ['--env-file=.env -- server.js', 'server.js'],
  ['--env-file .env server.js', 'server.js'],
  ['-e "listen()"', undefined],
  ['--inspect', undefined],
  ['', undefined],
])('the script of %s is %s', (text, script) => {
  expect(scriptOf(text)?.script).toBe(script);
});

it('words keep every character but quotes and the blanks between them', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const outside = text.split('"').map((part, index) => (index % 2 === 0 ? part.replace(/\s/g, '') : part));
      fc.pre(text.split('"').length % 2 === 1);
      expect(wordsOf(text).join('')).toBe(outside.join(''));
    }),
  );
});
