import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { withServerLock } from '../../src/deploy/server-lock.js';
import { openHome } from '../../src/host/index.js';
import { temporaryDirectory } from './support.js';

const newHome = () => openHome({ IISNODE_SOCK_HOME: path.join(temporaryDirectory(), 'home') });
const { signal } = new AbortController();

it('one process at a time works, and the others name the process that they wait for', async () => {
  const home = newHome();
  const order: string[] = [];
  const said: string[] = [];
  const one = (name: string) =>
    withServerLock(home, { command: name, signal, onWait: (sentence) => said.push(sentence) }, async () => {
      order.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      order.push(`${name} ends`);
      return name;
    });
  expect(await Promise.all([one('first'), one('second')])).toEqual(['first', 'second']);
  expect(order).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
  expect(said).toEqual([expect.stringMatching(/^waiting for first \(process \d+, since \S+\) to end$/)]);
});

it('a wait has an end: the error says who is at work and what to do', async () => {
  const home = newHome();
  const long = { command: 'deploy /apps/long', signal, onWait: () => undefined };
  await withServerLock(home, long, async () => {
    let came = false;
    const short = { command: 'deploy /apps/short', signal, onWait: () => undefined, patience: 100 };
    const refused = withServerLock(home, short, async () => {
      came = true;
    });
    await expect(refused).rejects.toMatchObject({
      code: 'DEPLOY_RUNNING',
      exit: 'refused',
      what: expect.stringContaining(`deploy /apps/long (process ${process.pid}`),
      next: expect.stringContaining(`end process ${process.pid}`),
    });
    expect(came).toBe(false);
  });
});

it('the next one can work when the one before failed', async () => {
  const home = newHome();
  const options = { command: 'x', signal, onWait: () => undefined, patience: 0 };
  await expect(withServerLock(home, options, () => Promise.reject(new Error('no luck')))).rejects.toThrow('no luck');
  expect(await withServerLock(home, options, async () => 'worked')).toBe('worked');
  expect(existsSync(path.join(home.directory, 'deploy.lock'))).toBe(false);
});
