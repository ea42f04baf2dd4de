import { expect, it } from 'vitest';
import type { Release } from '../../src/deploy/releases/release.js';
import { releaseBefore } from '../../src/deploy/releases/rollback.js';

const release = (id: string): Release => ({ id, hash: '', size: 0, count: 0, created: '', who: '' });

/** `deploy a`, `rollback b undone`; a deployment of the app's own folder names no release. */
const entry = (line: string) => {
  const [command, release, outcome = 'done'] = line.split(' ') as ['deploy', string, 'done'?];
  return { command, outcome, ...(release !== '-' && { release }) };
};

it.each<[string, string | undefined, readonly string[], string | undefined]>([
  ['the one before the live one', 'c', ['deploy a', 'deploy b', 'deploy c'], 'b'],
  ['after a rollback the one before that', 'b', ['deploy a', 'deploy b', 'deploy c', 'rollback b'], 'a'],
  ['not one that was never live', 'c', ['deploy a', 'deploy b undone', 'deploy c'], 'a'],
  ['after a deployment that was killed behind its switch, that of before', 'c', ['deploy a', 'deploy b'], 'b'],
  ['after one of a kept release, too', 'c', ['deploy a', 'deploy b', 'deploy c', 'rollback b'], 'b'],
  ['after a rollback that was killed behind its switch, its own', 'b', ['deploy a', 'deploy b', 'deploy c'], 'b'],
  ['the same, from the folder of the app', 'b', ['deploy a', 'deploy b', 'deploy -'], 'b'],
  ['after a rollback that was undone, the one before', 'c', ['deploy b', 'deploy c', 'rollback b undone'], 'b'],
  ['the newest that was live, where none is', undefined, ['deploy a', 'deploy b'], 'b'],
  ['without a journal the one before', 'b', [], 'a'],
  ['none before the first', 'a', ['deploy a'], undefined],
])('goes back to %s', (_what, live, journal, wanted) => {
  const all = ['a', 'b', 'c'].map(release);
  expect(releaseBefore(all, live, journal.map(entry))?.id).toBe(wanted);
});
