import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { deployWithWarnings } from '../../../src/deploy/index.js';
import { iisOf, iisWith } from './support.js';

const error = {
  rule: 'DUPLICATE_ENTRY',
  severity: 'error',
  message: 'It is there twice.',
  why: 'so',
  fix: 'remove one',
} as const;
const silent = { event: () => undefined, warning: () => undefined, assumed: () => undefined };

describe("the doctor's errors", () => {
  it.each([{}, { dryRun: true }, { to: 'deploy.bat' }])('are refused before anything is changed: %j', async (more) => {
    const iis = iisOf(iisWith());
    const { directory, appcmd, environment } = iis;
    const script = path.join(directory, 'deploy.bat');
    const options = { directory, appcmd, environment, verify: false, ...more, ...('to' in more && { to: script }) };
    await expect(deployWithWarnings(options, () => [error], silent)).rejects.toMatchObject({
      code: 'APP_HAS_ERRORS',
      exit: 'refused',
      why: 'It is there twice.',
      next: expect.stringMatching(/^remove one .*--force$/),
    });
    expect(iis.ran).toEqual([]);
    expect(existsSync(script)).toBe(false);
    expect(await deployWithWarnings({ ...options, force: true }, () => [error], silent)).toMatchObject({
      changed: true,
      warnings: [error],
    });
  });

  it('are named with the place of the first step', async () => {
    const { directory, appcmd, environment } = iisOf(iisWith());
    const placed = { ...error, fix: 'health', file: path.join(directory, 'web', 'app.js'), line: 4 };
    const options = { directory, appcmd, environment, verify: false };
    await expect(deployWithWarnings(options, () => [placed], silent)).rejects.toMatchObject({
      next: expect.stringMatching(/^web\/app\.js:4: health .*--force$/),
    });
  });

  it('alone are refused: a warning is only said', async () => {
    const { directory, appcmd, environment } = iisOf(iisWith());
    const warning = { ...error, severity: 'warning' } as const;
    const options = { directory, appcmd, environment, verify: false };
    expect(await deployWithWarnings(options, () => [warning], silent)).toMatchObject({ changed: true });
  });
});
