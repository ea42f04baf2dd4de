import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkDeployment } from '../../src/deploy/index.js';
import type { ArmSettings, AzureOptions } from '../support/azure.js';
import { azureWorld, pushesTo } from './azure-world.js';

interface Case {
  readonly arm?: Partial<ArmSettings>;
  readonly settings?: AzureOptions['settings'];
  readonly to?: string;
  readonly installOnServer?: boolean;
}

const node = { WEBSITE_NODE_DEFAULT_VERSION: '~20' };

/** The checks that do not say ok. */
async function checked({ arm = {}, settings = node, to = 'azure://app', installOnServer = false }: Case) {
  const { azure, directory, home } = await azureWorld({ settings });
  writeFileSync(path.join(directory, 'package.json'), '{"engines":{"node":">=20"}}');
  azure.settings = { ...azure.settings, ...arm };
  const environment = { IISNODE_SOCK_HOME: home, ...azure.withToken };
  const report = await checkDeployment({ directory, to, environment, installOnServer }, () => []);
  const kudu = to === 'azure://app' ? azure.production : azure.staging;
  expect([pushesTo(kudu), azure.requests.filter((one) => one.startsWith('POST'))]).toEqual([[], []]);
  const found = report.checks.filter(({ state }) => state !== 'ok');
  return {
    ready: report.ready,
    found: found.map(({ id, state, obstacle, note }) => [id, state, obstacle?.code ?? note]),
  };
}

describe('deploy --check --to azure://', () => {
  it('finds nothing where all is as it should be', async () => {
    expect(await checked({})).toEqual({ ready: true, found: [] });
  });

  it.each<[string, Case, string, string]>([
    ['Linux', { arm: { linux: true } }, 'azure-windows', 'AZURE_ON_LINUX'],
    [
      'a package at a URL',
      { settings: { ...node, WEBSITE_RUN_FROM_PACKAGE: 'https://x/a.zip' } },
      'azure-package',
      'AZURE_RUNS_FROM_URL',
    ],
    ['no installation on the server', { installOnServer: true }, 'azure-install', 'AZURE_DOES_NOT_INSTALL'],
    [
      'auto swap',
      { to: 'azure://app/staging', arm: { autoSwapSlotName: 'production' } },
      'azure-swap',
      'AZURE_AUTO_SWAP',
    ],
    [
      'another version of node',
      { settings: { WEBSITE_NODE_DEFAULT_VERSION: '~16' } },
      'azure-node',
      'NODE_VERSION_REFUSED',
    ],
  ])('refuses %s', async (_what, asked, id, code) => {
    expect(await checked(asked)).toEqual({ ready: false, found: [[id, 'failed', code]] });
  });

  it('advises, with the command, and is ready', async () => {
    const arm = {
      webSocketsEnabled: false,
      alwaysOn: false,
      clientAffinityEnabled: false,
      use32BitWorkerProcess: true,
    };
    const { ready, found } = await checked({
      arm,
      settings: { WEBSITE_RUN_FROM_PACKAGE: '1', SCM_DO_BUILD_DURING_DEPLOYMENT: 'true' },
    });
    expect(ready).toBe(true);
    expect(found.map(([id, state]) => `${id} ${state}`)).toEqual(
      ['package', 'install', 'node', 'web-sockets', 'affinity', 'always-on', 'bitness'].map(
        (name) => `azure-${name} advice`,
      ),
    );
    const commands = found.flatMap(([, , note]) => /az webapp .*/.exec(String(note))?.[0] ?? []);
    expect(commands).toEqual(
      expect.arrayContaining([
        'az webapp config set --resource-group rg --name app --web-sockets-enabled true',
        'az webapp update --resource-group rg --name app --client-affinity-enabled true',
        'az webapp config set --resource-group rg --name app --always-on true',
        'az webapp config set --resource-group rg --name app --use-32bit-worker-process false',
        'az webapp config appsettings set --resource-group rg --name app --settings WEBSITE_NODE_DEFAULT_VERSION=~20',
      ]),
    );
  });
});
