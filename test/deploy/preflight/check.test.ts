import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkDeployment } from '../../../src/deploy/index.js';
import { temporaryDirectory } from '../support.js';
import { iisOf, iisWith } from './support.js';

const error = { rule: 'DUPLICATE_ENTRY', severity: 'error', message: 'twice', why: 'so', fix: 'remove one' } as const;
const warning = { ...error, severity: 'warning' } as const;

const check = (
  iis: ReturnType<typeof iisOf>,
  more: object = {},
  faults: readonly (typeof error | typeof warning)[] = [],
) =>
  checkDeployment(
    { directory: iis.directory, appcmd: iis.appcmd, environment: iis.environment, ...more },
    () => faults,
  );
const states = ({ checks }: Awaited<ReturnType<typeof check>>) =>
  checks
    .filter(({ state }) => state === 'failed' || state === 'passed over')
    .map(({ obstacle, state }) => `${obstacle?.code}: ${state}`);

describe('deploy --check', () => {
  it('of a server that is ready says so, and changes nothing', async () => {
    const iis = iisOf(iisWith());
    const report = await check(iis, {}, [warning]);
    expect(report).toMatchObject({ target: 'iis', site: 'Default Web Site', path: '/dante', ready: true });
    expect(report.checks.map(({ id }) => id)).toEqual([...new Set(report.checks.map(({ id }) => id))]);
    expect(states(report)).toEqual([]);
    expect(iis.ran).toEqual([]);
  });

  it('has every obstacle, with the place on the server and the errors of the app', async () => {
    const iis = iisOf(iisWith([]));
    const report = await check(iis, { site: 'Missing' }, [error, warning]);
    expect(report.ready).toBe(false);
    expect(states(report)).toEqual([
      'SITE_NOT_FOUND: failed',
      'IISNODE_NOT_INSTALLED: failed',
      'URL_REWRITE_NOT_INSTALLED: failed',
      'APP_HAS_ERRORS: failed',
    ]);
    expect(states(await check(iisOf(iisWith()), { force: true }, [error]))).toEqual(['APP_HAS_ERRORS: passed over']);
  });

  it('says that there is no IIS, or that it may not be asked', async () => {
    const iis = iisOf(iisWith());
    const denied = {
      format: iis.appcmd.format,
      run: async () => ({ exitCode: 5, stdout: 'ERROR ( message:Configuration error )' }),
    };
    expect(states(await check(iis, { appcmd: denied }))).toEqual(['NOT_ELEVATED: failed']);
    const none = await checkDeployment(
      { directory: iis.directory, to: 'iis', environment: { IISNODE_SOCK_HOME: path.join(temporaryDirectory(), 'h') } },
      () => [error],
    );
    expect(states(none)).toEqual(['IIS_NOT_FOUND: failed', 'APP_HAS_ERRORS: failed']);
    expect(states(await check(iis, { to: 'deploy.bat' }, [error]))).toEqual(['APP_HAS_ERRORS: failed']);
  });
});
