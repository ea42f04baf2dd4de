import { describe, expect, it } from 'vitest';
import { readAccess } from '../../src/deploy/azure/access.js';
import { azureAddress } from '../../src/deploy/azure/address.js';
import { azureDeployments } from '../../src/deploy/azure/deployments.js';
import { overTimeAt } from '../../src/deploy/azure/ending.js';
import { followDeployment } from '../../src/deploy/azure/follow.js';
import { KuduApi } from '../../src/deploy/azure/kudu.js';
import { azureLogs } from '../../src/deploy/azure/logs.js';
import { patienceOf, TimeLimit } from '../../src/deploy/azure/patience.js';
import { rollbackAzure } from '../../src/deploy/azure/rollback.js';
import type { AzureFault } from '../support/azure-fault.js';
import { azureWorld, failureOf, pageOf } from './azure-world.js';

type Wrong = Pick<AzureFault, 'before' | 'after' | 'times' | 'nth'>;

/** Each request of a deployment that fails before its effect, or after it. */
const ofKudu: readonly (readonly [string, Wrong])[] = [
  ['GET /api/deployments', { before: 'reset' }],
  ['GET /api/settings', { before: 503, times: 2 }],
  ['POST /api/zipdeploy', { before: 'reset' }],
  ['POST /api/zipdeploy', { before: 503 }],
  ['POST /api/zipdeploy', { after: 'reset' }],
  ['POST /api/zipdeploy', { after: 502 }],
  ['GET /api/deployments/latest', { before: 'reset', times: 2 }],
  ['GET /api/deployments/latest', { before: 503, nth: 2 }],
  ['GET /api/deployments/latest', { after: 'reset', nth: 3 }],
];

const ofManager: readonly (readonly [string, Wrong])[] = [
  ['GET /slots/staging', { before: 503 }],
  ['POST /slots/staging/slotsswap', { after: 'reset' }],
  ['GET /operationresults', { before: 'reset' }],
  ['GET /operationresults', { after: 503, nth: 2 }],
];

const shown = (wrong: Wrong): string => JSON.stringify(wrong);

describe('a deployment to App Service of which one request fails', () => {
  it.each(ofKudu.map(([at, wrong]) => [at, shown(wrong), wrong] as const))(
    'is made once, and found to be live: %s %s',
    async (at, _shown, wrong) => {
      const { azure, run } = await azureWorld();
      azure.production.faults.push({ at, ...wrong });
      const result = await run('azure://app', azure.withProfile);
      const { deployments } = azure.production.content;
      expect([result.changed, result.probe?.ok, pageOf(azure.production)]).toEqual([true, true, 'one']);
      expect(deployments.map(({ status, id }) => [status, id])).toEqual([[4, result.azure?.deployment]]);
    },
  );

  it.each(ofManager.map(([at, wrong]) => [at, shown(wrong), wrong] as const))(
    'is swapped once, and found to be live: %s %s',
    async (at, _shown, wrong) => {
      const { azure, run } = await azureWorld();
      azure.faults.push({ at, ...wrong });
      const result = await run('azure://app/staging', azure.withToken);
      expect([result.azure?.swapped, pageOf(azure.production)]).toEqual([true, 'one']);
      expect(azure.requests.filter((one) => one.startsWith('POST'))).toHaveLength(1);
    },
  );

  it('waits while another deployment runs there', async () => {
    const { azure, events, run } = await azureWorld();
    azure.production.busy = 1;
    expect((await run('azure://app', azure.withProfile)).changed).toBe(true);
    expect(events.map(({ note }) => note)).toContain('another deployment runs there: waiting for its end');
  });

  it('ends where the same answer will come again', async () => {
    const { azure, fails } = await azureWorld({ settings: {} });
    azure.production.faults.push({ at: 'POST /api/zipdeploy', before: 403 });
    expect((await fails('azure://app', azure.withProfile)).code).toBe('AZURE_FORBIDDEN');
    azure.production.faults.push({ at: 'GET /api/settings', before: 404 });
    expect((await fails('azure://app', azure.withProfile)).code).toBe('AZURE_NOT_KUDU');
    expect(azure.production.content.deployments).toEqual([]);
  });

  it('is waited for no longer than the time limit, and goes on there', async () => {
    const { azure, run } = await azureWorld({ polls: 2 });
    await run('azure://app', azure.withProfile);
    const { production } = azure;
    const [done] = production.content.deployments;
    if (done === undefined) throw new Error('nothing was deployed');
    Object.assign(done, { ended: undefined, polls: 2 });
    const access = readAccess(azureAddress('azure://app'), azure.withProfile);
    const patience = patienceOf(0, new AbortController().signal);
    const push = {
      pack: { file: '', length: 0, parts: async function* () {} },
      author: '',
      message: done.message,
      known: new Set<string>(),
    };
    const accepted = { location: '/api/deployments/latest', push };
    const followed = followDeployment(new KuduApi(access.scm, access, patience), accepted, patience, () => undefined);
    const limit: unknown = await followed.catch((error: unknown) => error);
    expect(limit).toBeInstanceOf(TimeLimit);
    const ending = {
      phase: 'follow',
      isThere: undefined,
      host: 'HOST',
      place: 'HOST',
      look: 'LOOK',
      swapBack: '',
    } as const;
    expect(overTimeAt(ending, 60_000, limit)).toMatchObject({
      code: 'AZURE_TIME_LIMIT',
      exit: 'incomplete',
      what: 'the time limit of 1 min is over; the deployment goes on at HOST, and ends without this command',
    });
    expect(overTimeAt({ ...ending, phase: 'push', isThere: false }, 60_000, limit).exit).toBe('refused');
  });

  it('says that App Service did not swap, and leaves production', async () => {
    const { azure, fails } = await azureWorld();
    azure.swapError = 'CannotSwap';
    const error = await fails('azure://app/staging', azure.withToken);
    expect(error.what).toMatch(/production is as it was; the slot staging has the new package$/);
    expect([error.code, error.why]).toEqual([
      'AZURE_SWAP_FAILED',
      expect.stringContaining('did not respond to http ping'),
    ]);
    expect([pageOf(azure.production), pageOf(azure.staging)]).toEqual([undefined, 'one']);
  });
});

describe('a scm site that answers 500 all the time', () => {
  it('is waited for a moment, which is said, and then is an error', { timeout: 120_000 }, async () => {
    const { azure, home } = await azureWorld();
    azure.production.faults.push({ at: 'GET /api', before: 500, times: 1_000 });
    const asked = { to: 'azure://app', environment: { IISNODE_SOCK_HOME: home, ...azure.withProfile } };
    const acts: Readonly<Record<string, (say: (sentence: string) => void) => Promise<unknown>>> = {
      releases: (onWait) => azureDeployments({ ...asked, onWait }),
      rollback: (say) => rollbackAzure(asked, ({ note = '' }) => say(note)),
      logs: (report) => azureLogs(asked, { lines: 1, follow: false, report }, () => undefined),
    };
    const ended = Object.entries(acts).map(async ([command, act]) => {
      const said: string[] = [];
      const { code, exit } = await failureOf(act((sentence) => void said.push(sentence)));
      return { command, code, exit, said };
    });
    const said = [expect.stringMatching(/^waiting for 127\.0\.0\.1:\d+: it answers 500$/)];
    expect(await Promise.all(ended)).toEqual(
      Object.keys(acts).map((command) => ({ command, code: 'AZURE_UNAVAILABLE', exit: 'refused', said })),
    );
    // Each command asks a handful of times: it has given up long before the limit of a deployment.
    expect(azure.production.requests.length).toBeLessThan(40);
  });

  it('is asked longer once something is changed, and a quick answer is not waited for', async () => {
    const { azure, home, run, events } = await azureWorld({ polls: 1 });
    await run('azure://app', azure.withProfile);
    expect(events.some(({ step }) => step === 'wait-for-azure')).toBe(false);
    const said: string[] = [];
    azure.production.faults.push({ at: 'GET /api', before: 503, times: 2 });
    const { deployments } = await azureDeployments({
      to: 'azure://app',
      environment: { IISNODE_SOCK_HOME: home, ...azure.withProfile },
      onWait: (sentence) => said.push(sentence),
    });
    expect([deployments.length, said]).toEqual([1, []]);
  });
});

describe('an interrupted deployment to App Service', () => {
  /** Interrupts at the first event for which `when` holds. */
  async function interruptedAt(when: (text: string) => boolean, to = 'azure://app') {
    const world = await azureWorld();
    const controller = new AbortController();
    const error = await world.fails(
      to,
      to === 'azure://app' ? world.azure.withProfile : world.azure.withToken,
      { signal: controller.signal },
      ({ step, phase, note = '' }) => {
        if (when(`${step} ${phase} ${note}`)) controller.abort();
      },
    );
    expect([error.code, error.exit]).toEqual(['INTERRUPTED', 'interrupted']);
    return { ...world, error };
  }

  it('has sent nothing before it began to send', async () => {
    const { azure, error } = await interruptedAt((text) => text.startsWith('pack-app looked'));
    expect([error.why, azure.production.content.deployments]).toEqual([
      expect.stringContaining('it has changed nothing'),
      [],
    ]);
  });

  it('says that the deployment goes on there once the package has arrived, and the next one finds it', async () => {
    const { azure, error, run } = await interruptedAt((text) => text.includes('Preparing deployment'));
    expect(error.what).toContain('the deployment goes on at');
    azure.production.finish();
    expect(await run('azure://app', azure.withProfile)).toMatchObject({ changed: false, probe: { ok: true } });
  });

  it('says what is there when it was not checked', async () => {
    const { azure, error } = await interruptedAt((text) => text.startsWith('verify doing'));
    expect(error.what).toContain('is deployed at');
    expect([error.what.includes('was not checked'), pageOf(azure.production)]).toEqual([true, 'one']);
  });

  it('is not swapped when it comes before the swap; after it is said that the new package is live', async () => {
    const during = await interruptedAt((text) => text.startsWith('swap-slots doing'), 'azure://app/staging');
    expect(during.error.what).toMatch(/works there; it is not swapped$/);
    expect(during.azure.requests.filter((one) => one.startsWith('POST'))).toEqual([]);
    const after = await interruptedAt((text) => text.startsWith('swap-slots done'), 'azure://app/staging');
    expect([after.error.what, after.error.next]).toEqual([
      expect.stringContaining('the new package is live, and was not checked'),
      expect.stringContaining('az webapp deployment slot swap'),
    ]);
  });
});
