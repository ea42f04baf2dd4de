import { expect, it } from 'vitest';
import { withoutCutSteps } from '../../../src/doctor/trial/cut-steps.js';
import type { ProbeStep } from '../../../src/probe/index.js';

const step = (title: string, ok: boolean, startedAt: number, ms: number): ProbeStep => ({
  id: 'websocket',
  title,
  method: 'UPGRADE',
  url: 'http://127.0.0.1/',
  ok,
  status: undefined,
  startedAt,
  ms,
  seen: '',
});

it.each([
  [
    'all of them where the look came to its end',
    undefined,
    [
      [true, 0, 5],
      [false, 5, 95],
    ],
    2,
  ],
  [
    'what was before the end of the time',
    100,
    [
      [true, 0, 5],
      [true, 5, 10],
      [false, 15, 85],
    ],
    2,
  ],
  [
    'none behind the first that was cut',
    100,
    [
      [true, 0, 5],
      [false, 15, 85],
      [false, 100, 0],
      [true, 100, 1],
    ],
    1,
  ],
  [
    'those that failed before',
    100,
    [
      [true, 0, 5],
      [false, 5, 10],
      [false, 15, 86],
    ],
    2,
  ],
  [
    'the first, which took all of the time',
    100,
    [
      [false, 0, 101],
      [false, 101, 0],
    ],
    1,
  ],
] as const)('keeps %s', (_what, ended, given, kept) => {
  const steps = given.map(([ok, startedAt, ms], index) => step(`${index}`, ok, startedAt, ms));
  expect(withoutCutSteps(steps, ended)).toEqual(steps.slice(0, kept));
});
