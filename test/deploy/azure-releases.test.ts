import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { putBack } from '../../src/deploy/farm/put-back.js';
import { azureDeployments, type DeployEvent, rollbackAzure, undeploy } from '../../src/deploy/index.js';
import { azureWorld, failureOf, pageOf } from './azure-world.js';

/** An app that was deployed as `one` and then as `two`. */
async function deployedTwice(...options: Parameters<typeof azureWorld>) {
  const world = await azureWorld(...options);
  const environment = { IISNODE_SOCK_HOME: world.home, ...world.azure.withProfile };
  await world.run('azure://app', environment);
  world.edit('two');
  await world.run('azure://app', environment);
  return { ...world, asked: { to: 'azure://app', environment } };
}

describe('the releases of App Service', () => {
  it('are its deployments: which is live, what became of each, and whether its package is here', async () => {
    const { azure, asked, edit, fails } = await deployedTwice();
    edit('three');
    azure.production.failure = 'disk full';
    await fails('azure://app', asked.environment);
    const { deployments, log, ...about } = await azureDeployments(asked);
    expect(about).toEqual({
      target: 'azure',
      app: 'app',
      url: `${azure.siteUrl}/`,
      scm: new URL(azure.production.url).host,
    });
    // The failed one was followed by an attempt to deploy the former one again.
    expect(deployments.map(({ state, live, kept }) => [state, live, kept])).toEqual(
      expect.arrayContaining([
        ['failed', false, true],
        ['done', true, true],
        ['done', false, true],
      ]),
    );
    expect(log.at(-1)).toBe('disk full');
  });

  it('are rolled back: to the one before, to a named one, and not at all where it is live', async () => {
    const { azure, asked } = await deployedTwice();
    const { deployments } = await azureDeployments(asked);
    const [live, former] = deployments;
    expect(await rollbackAzure({ ...asked, dryRun: true })).toMatchObject({
      changed: true,
      release: former?.id,
      dryRun: true,
    });
    expect(await rollbackAzure(asked)).toMatchObject({ changed: true, release: former?.id, probe: { ok: true } });
    expect(pageOf(azure.production)).toBe('one');
    expect(await rollbackAzure({ ...asked, release: live?.hash?.slice(0, 8) ?? '' })).toMatchObject({ changed: true });
    expect(pageOf(azure.production)).toBe('two');
    expect(await rollbackAzure({ ...asked, release: live?.hash ?? '' })).toMatchObject({ changed: false });
    const unknown = await failureOf(rollbackAzure({ ...asked, release: 'zzz' }));
    expect(unknown).toMatchObject({
      code: 'RELEASE_NOT_FOUND',
      next: expect.stringContaining(` releases --to ${asked.to}     (shows`),
    });
  });

  it('are rolled back one by one, and never to one whose check has failed', async () => {
    const { azure, asked, edit, run, fails } = await deployedTwice();
    edit('three');
    await run('azure://app', asked.environment);
    for (const page of ['two', 'one']) {
      expect(await rollbackAzure(asked)).toMatchObject({ changed: true });
      expect(pageOf(azure.production)).toBe(page);
    }
    expect((await failureOf(rollbackAzure(asked))).code).toBe('AZURE_NO_FORMER');
    // A new deployment is after the one that was live, and a bad one is followed by that again.
    edit('four');
    await run('azure://app', asked.environment);
    edit('five');
    azure.brokenInProduction = 500;
    await fails('azure://app', asked.environment);
    azure.brokenInProduction = undefined;
    expect(pageOf(azure.production)).toBe('four');
    expect(await rollbackAzure(asked)).toMatchObject({ changed: true });
    expect(pageOf(azure.production)).toBe('one');
  });

  it('that a killed rollback has made live are made complete by the next one, which makes no other live', async () => {
    const { azure, asked, edit, run, home } = await deployedTwice();
    edit('three');
    await run('azure://app', asked.environment);
    // Killed before its check of the live app.
    const killed = new Promise<void>((reached) => {
      const hear = ({ step, phase }: DeployEvent): void => {
        if (step !== 'restore-package' || phase !== 'done') return;
        reached();
        throw new Error('killed');
      };
      void rollbackAzure(asked, hear).catch(() => undefined);
    });
    await killed;
    expect([pageOf(azure.production), existsSync(path.join(home, 'azure', 'app', 'rollback.json'))]).toEqual([
      'two',
      true,
    ]);
    await expect.poll(() => existsSync(path.join(home, 'azure', 'app', 'deploy.lock'))).toBe(false);
    expect(await rollbackAzure(asked)).toMatchObject({ changed: false, probe: { ok: true } });
    expect(pageOf(azure.production)).toBe('two');
    expect(existsSync(path.join(home, 'azure', 'app', 'rollback.json'))).toBe(false);
  });

  it('stay as they are where the former one does not work, or is on another machine', async () => {
    const { azure, asked } = await deployedTwice();
    azure.brokenInProduction = 500;
    const broken = await failureOf(rollbackAzure(asked));
    expect([broken.code, broken.exit, pageOf(azure.production)]).toEqual(['VERIFICATION_FAILED', 'refused', 'two']);
    const elsewhere = {
      ...asked,
      environment: { ...asked.environment, IISNODE_SOCK_HOME: `${asked.environment.IISNODE_SOCK_HOME}-2` },
    };
    const error = await failureOf(rollbackAzure(elsewhere));
    expect([error.code, error.exit]).toEqual(['AZURE_NOT_KEPT', 'refused']);
    expect(pageOf(azure.production)).toBe('two');
  });

  it('are not as they were when Kudu has deployed one of them again, and that has failed', async () => {
    const { azure, asked } = await deployedTwice({ repository: true });
    const elsewhere = {
      ...asked,
      environment: { ...asked.environment, IISNODE_SOCK_HOME: `${asked.environment.IISNODE_SOCK_HOME}-2` },
    };
    const [former] = azure.production.content.deployments;
    // The answer is lost, and Kudu does what it was asked for.
    azure.production.faults.push({ at: 'PUT /api/deployments/', after: 504 });
    expect(await rollbackAzure(elsewhere)).toMatchObject({ changed: true, release: former?.id });
    const live = azure.production.content.deployments.at(-1);
    Object.assign(live ?? {}, { failure: 'disk full' });
    for (const fault of [[], [{ at: 'PUT /api/deployments/', before: 504 }]]) {
      azure.production.faults.splice(0, 9, ...fault);
      const error = await failureOf(rollbackAzure({ ...elsewhere, release: live?.id ?? '' }));
      expect([error.code, error.exit]).toEqual(['AZURE_NOT_KEPT', 'incomplete']);
      expect(error.what).not.toContain('nothing was changed');
      expect(error.why).toMatch(
        fault.length > 0 ? /whether it does is unknown/ : /deployed \w+ again, and that failed/,
      );
      if (live !== undefined) live.status = 4;
    }
    // It has refused: nothing was changed.
    azure.production.faults.splice(0, 9, { at: 'PUT /api/deployments/', before: 404 });
    const error = await failureOf(rollbackAzure({ ...elsewhere, release: live?.id ?? '' }));
    expect([error.exit, error.what]).toEqual(['refused', expect.stringContaining('nothing was changed')]);
  });

  it('of a slot that cannot be swapped back are named: the former app is live', async () => {
    const { azure, edit, run, home } = await azureWorld();
    const environment = { IISNODE_SOCK_HOME: home, ...azure.withToken };
    await run('azure://app/staging', environment);
    edit('two');
    await run('azure://app/staging', environment);
    azure.brokenInProduction = 500;
    const swap = (event: DeployEvent): void => {
      if (event.step === 'verify' && event.phase === 'failed') azure.swapError = 'SlotSwapFailed';
    };
    const error = await failureOf(rollbackAzure({ to: 'azure://app/staging', environment }, swap));
    expect([error.code, error.exit, pageOf(azure.production)]).toEqual(['VERIFICATION_FAILED', 'incomplete', 'one']);
    expect(error.what).toContain('could not be swapped back');
  });

  it('of a slot are rolled back by a swap, which needs a token', async () => {
    const { azure, edit, run, home } = await azureWorld();
    const environment = { IISNODE_SOCK_HOME: home, ...azure.withToken };
    await run('azure://app/staging', environment);
    edit('two');
    await run('azure://app/staging', environment);
    const asked = { to: 'azure://app/staging', environment };
    expect(await rollbackAzure(asked)).toMatchObject({ changed: true, slot: 'staging', url: `${azure.siteUrl}/` });
    expect([pageOf(azure.production), pageOf(azure.staging)]).toEqual(['one', 'two']);
    // The same, killed behind its swap: the next one swaps no second time.
    writeFileSync(path.join(home, 'azure', 'app', 'rollback.json'), JSON.stringify({ swappedFrom: 'another' }));
    expect(await rollbackAzure(asked)).toMatchObject({ changed: false, commands: [], probe: { ok: true } });
    expect([pageOf(azure.production), pageOf(azure.staging)]).toEqual(['one', 'two']);
    azure.brokenInProduction = 500;
    const broken = await failureOf(rollbackAzure(asked));
    expect([broken.what, pageOf(azure.production)]).toEqual([expect.stringContaining('swapped back'), 'one']);
    azure.staging.allow('$app__staging');
    const user = { IISNODE_SOCK_HOME: home, AZURE_WEBAPP_PUBLISH_PROFILE: azure.staging.profile(azure.stagingUrl) };
    expect((await failureOf(rollbackAzure({ ...asked, environment: user }))).code).toBe('AZURE_CANNOT_SWAP');
  });

  it('are put back when another server of a farm fails', async () => {
    const { azure, asked, directory, edit, run } = await deployedTwice();
    edit('three');
    const result = await run('azure://app', asked.environment);
    const never = { deploy: undeploy, rollback: undeploy, undeploy };
    await putBack(result, { directory, ...asked }, undefined, never);
    expect(pageOf(azure.production)).toBe('two');
    const { before: _none, ...first } = result.azure ?? { app: 'app', swapped: false };
    const asFirst = putBack({ ...result, azure: first }, { directory, ...asked }, undefined, never);
    expect(await failureOf(asFirst)).toMatchObject({ code: 'NOT_PUT_BACK', exit: 'incomplete' });
    const inSlot = { ...result, azure: { app: 'app', slot: 'staging', swapped: false } };
    await putBack(inSlot, { directory, to: 'azure://app/staging' }, undefined, never);
    expect(pageOf(azure.production)).toBe('two');
  });

  it('are not removed by undeploy, which names what does it', async () => {
    const error = await failureOf(undeploy({ to: 'azure://app/staging' }));
    expect([error.code, error.next]).toEqual([
      'UNDEPLOY_FROM_AZURE',
      expect.stringMatching(/az webapp stop .*--slot staging; or remove it: az webapp deployment slot delete/),
    ]);
  });
});
