import { expect, it } from 'vitest';
import { failedNote } from '../../src/deploy/failure.js';

it('says of an interruption that it is one, not what the platform says', () => {
  const stop = new AbortController();
  stop.abort();
  expect(failedNote(stop.signal.reason)).toBe('interrupted');
  expect(failedNote(new Error('the disk is full'))).toBe('the disk is full');
});
