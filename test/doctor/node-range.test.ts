import { expect, it } from 'vitest';
import { excludesRequireEsm } from '../../src/doctor/facts/node-range.js';

it.each([
  ['18.x', true],
  ['>=14 <20', true],
  ['^20.10.0', false],
  ['~20.10.0', true],
  ['20.18.1', true],
  ['20.19.0', false],
  ['>=18', false],
  ['18 || 22', false],
  ['16 || 18', true],
  ['<=20', false],
  ['<20.19', true],
  ['14 - 18', true],
  ['*', false],
  ['', false],
  ['lts/*', false],
  ['22.11', true],
  ['21', true],
  ['^21 || ~22.4', true],
  ['>20.18.9 <21', false],
  ['>=22.12', false],
  ['^18.17.0 || ^20.9.0 || >=21.1.0', false],
  ['16 || 18 || latest', true],
  ['node', false],
])('engines.node %s leaves no version that requires them: %s', (range, expected) => {
  expect(excludesRequireEsm(range)).toBe(expected);
});
