import { expect, it } from 'vitest';
import { rewriteFailure } from '../../../src/pipeline/sections/index.js';

it.each([
  [50, 'BeginRequest'],
  [51, 'PreBeginRequest'],
] as const)('a rewrite error 500.%i is reported as one of %s', (subStatus, notification) =>
  expect(rewriteFailure({ kind: 'error', status: 500, subStatus, message: 'why', rule: undefined })).toEqual({
    ...{ status: 500, subStatus, detail: 'why', module: 'RewriteModule', notification },
  }),
);

it('a custom response is an error from 400 on', () => {
  const custom = (status: number) =>
    rewriteFailure({ kind: 'custom', status, subStatus: 3, reason: 'Gone', description: 'text' });
  expect(custom(399)).toBeUndefined();
  expect(custom(400)).toMatchObject({ status: 400, subStatus: 3, reason: 'Gone', detail: 'text' });
});
