import { expect, it, onTestFinished } from 'vitest';
import { announceServe, openHome, type RunningHost, servesOf } from '../../../src/host/index.js';
import { temporaryFolder } from '../../support/cli.js';

it('asks every serve at the same time', async () => {
  const { folder, remove } = await temporaryFolder();
  const home = openHome({ IISNODE_SOCK_HOME: folder });
  let asked = 0;
  let answer = (): void => undefined;
  const allAsked = new Promise<void>((resolve) => {
    answer = resolve;
  });
  // Each answers when all have been asked.
  const host = {
    addresses: [],
    notBound: [],
    stoppedPools: [],
    async processesWithDelay() {
      asked += 1;
      if (asked === 3) answer();
      await allAsked;
      return [];
    },
  } as unknown as RunningHost;
  const served = (directory: string) => ({ directory, path: '/', apps: [], urls: [] });
  const announced = await Promise.all(['one', 'two', 'three'].map((name) => announceServe(home, served(name), host)));
  onTestFinished(async () => {
    for (const one of announced) await one.close();
    await remove();
  });
  const seen = (await servesOf(home)).map((one) => ('served' in one ? one.served.directory : one));
  expect(seen.toSorted()).toEqual(['one', 'three', 'two']);
});
