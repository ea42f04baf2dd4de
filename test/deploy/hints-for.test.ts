import path from 'node:path';
import { expect, it } from 'vitest';
import { DeployFailed } from '../../src/deploy/failure.js';
import { hintsFor } from '../../src/deploy/hints-for.js';
import { UserError } from '../../src/errors.js';

const folder = path.resolve('/srv/chat');
const again = { without: ['--releases'] };
const texts = { what: 'no', why: 'no', next: 'npx iisnode-sock doctor', again, exit: 'refused' } as const;

it('an error whose hint gets the folder keeps what else fixes it', () => {
  const told = hintsFor(new UserError('NO', texts), folder);
  expect(told).toMatchObject({ ...texts, code: 'NO', next: expect.stringContaining(folder) });
});

it('a failed look at the live app stays one, and its steps get the folder, too', () => {
  const step = { id: 'page', title: 'The page', ok: false, seen: '404', ms: 1, next: 'npx iisnode-sock logs' } as const;
  const told = hintsFor(new DeployFailed('NO', texts, { ok: false, steps: [step] } as never), folder);
  expect(told).toBeInstanceOf(DeployFailed);
  expect(told).toMatchObject({ again, probe: { steps: [{ next: expect.stringContaining(folder) }] } });
});

it.each([new UserError('NO', { ...texts, next: 'start it again' }), new Error('x'), 'x'])(
  '%s is left as it is',
  (error) => {
    expect(hintsFor(error, folder)).toBe(error);
  },
);
