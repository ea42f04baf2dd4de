import { expect, it } from 'vitest';
import { isWatched } from '../../src/doctor/rules/iisnode/watched-file-written.js';

it.each([
  ['*.json', 'state.json', true],
  ['*.json', 'data/state.json', false],
  ['data\\*.json', 'Data/state.json', true],
  ['*.*', 'LICENSE', true],
  ['..\\*.json', '../state.json', false],
  ['.\\*.json', 'state.json', false],
  ['C:\\app\\*.json', 'C:/app/state.json', false],
  ['web.config', 'web.config', false],
  [`${'*a'.repeat(40)}b`, 'a'.repeat(200), false],
])('watchedFiles %s, the file %s: %s', (entry, file, watched) => {
  expect(isWatched(entry, file)).toBe(watched);
});
