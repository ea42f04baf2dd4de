import { describe, expect, it } from 'vitest';
import { tooManyOpenFiles, UserError } from '../src/errors.js';

const system = (code: string, syscall = 'open', cause?: unknown): Error =>
  Object.assign(new Error(`${code}: ${syscall}`, { cause }), { code, syscall });

describe('too many open files', () => {
  it.each([
    ['of this process', system('EMFILE'), /its limit allows/],
    ['of a child that it starts', system('EMFILE', 'spawn node'), /its limit allows/],
    ['of the system', system('ENFILE'), /whole system/],
    ['of the watches of this user', system('EMFILE', 'watch'), /watches as many folders/],
    [
      'of this process, in the words of node 24',
      new Error('Cannot read package config /package.json: too many open files.'),
      /its limit allows/,
    ],
    ['as the cause of another error', new Error('x', { cause: system('EMFILE') }), /its limit allows/],
  ])('%s have their own reason', (_what, error, why) => {
    expect(tooManyOpenFiles(error)).toMatchObject({
      code: 'TOO_MANY_OPEN_FILES',
      exitCode: 1,
      why: expect.stringMatching(why),
      cause: error,
    });
  });

  it('are not the reason of other errors', () => {
    const errors = [
      system('ENOENT'),
      new Error('EMFILE'),
      new UserError('X', { what: '', why: '', next: '' }),
      'EMFILE',
    ];
    expect(errors.map(tooManyOpenFiles)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('are found in a circle of causes without end', () => {
    const error = new Error('x');
    error.cause = error;
    expect(tooManyOpenFiles(error)).toBeUndefined();
  });
});
