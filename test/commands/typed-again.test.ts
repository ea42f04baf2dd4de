import path from 'node:path';
import { expect, it } from 'vitest';
import { typedAgain, withTypedCommand } from '../../src/commands/typed-again.js';
import { type TypedChange, UserError } from '../../src/errors.js';
import { quoteForCmd } from '../../src/quoting.js';

const file = path.resolve('x', 'web.config');
const typedFolder = quoteForCmd(path.dirname(file));

const shapes = [
  { long: '--port', short: undefined, required: true, optional: false },
  { long: '--path', short: '-p', required: true, optional: false },
  { long: '--releases', short: undefined, required: false, optional: true },
  { long: '--watch', short: undefined, required: false, optional: false },
];

it.each<[string, readonly string[], TypedChange, string | undefined]>([
  ['an option is added', ['serve', 'my app'], { with: ['--port', '0'] }, 'serve "my app" --port 0'],
  ['one is replaced', ['serve', '--port', '80', '.'], { with: ['--port', '0'] }, 'serve . --port 0'],
  ['one with its value in one word, too', ['serve', '--port=80', '.'], { with: ['--port', '0'] }, 'serve . --port 0'],
  ['one goes with its value', ['serve', '-p', '/x', '--watch'], { without: ['--path'] }, 'serve --watch'],
  ['a switch has no value', ['serve', '--watch', 'app'], { without: ['--watch'] }, 'serve app'],
  ['a value may be missing', ['deploy', '--releases', '--watch'], { without: ['--releases'] }, 'deploy --watch'],
  ['a value may look like an option', ['serve', '--path', '--watch'], { without: ['--watch'] }, undefined],
  ['a word is replaced', ['serve', '--path', 'x'], { instead: ['x', '/x'] }, 'serve --path /x'],
  ['also behind =', ['serve', '--path=x'], { instead: ['x', '/x'] }, 'serve "--path=/x"'],
  ['a word that was not typed is not', ['serve', '--app', 'x=dir'], { instead: ['x', '/x'] }, undefined],
  ['options stand before --', ['serve', '--', '-odd'], { with: ['--port', '0'] }, 'serve --port 0 -- -odd'],
  ['what was not typed is not left out', ['serve', 'app'], { without: ['--port'] }, undefined],
  ['an option of another command is not added', ['serve'], { with: ['--pool', 'x'] }, undefined],
  ['a password is not printed', ['deploy', '--to', 'ssh://a:b@host'], { with: ['--port', '0'] }, undefined],
  ['an argument that is right stays', ['serve', 'a', '--path', 'a'], { instead: ['a', '/a'] }, 'serve a --path /a'],
  ['behind = too', ['serve', 'a', '--path=a'], { instead: ['a', '/a'] }, 'serve a "--path=/a"'],
  ['of a file, its folder', ['serve', 'x/web.config'], { instead: [file, path.dirname(file)] }, `serve ${typedFolder}`],
  [
    'the same command, and when',
    ['deploy', 'a'],
    { same: true, note: 'in some minutes' },
    'deploy a     (in some minutes)',
  ],
])('%s', (_what, words, change, command) => {
  expect(typedAgain(words, shapes, change)).toBe(command && `npx iisnode-sock ${command}`);
});

it('an error that says no change, or comes before a command is known, stays as it is', () => {
  const error = new UserError('X', { what: 'x', why: 'x', next: 'look', again: { with: ['--port', '0'] } });
  expect(withTypedCommand(error, ['serve'], undefined)).toBe(error);
  const other = new UserError('X', { what: 'x', why: 'x', next: 'look' });
  expect(withTypedCommand(other, ['serve'], undefined)).toBe(other);
});
