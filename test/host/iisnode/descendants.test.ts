import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { isRunning, type Site, site, until } from './harness.js';

let running: Site | undefined;
const started: number[] = [];
afterEach(async () => {
  await running?.close();
  for (const pid of started.splice(0).filter(isRunning)) process.kill(pid, 'SIGKILL');
});

/** An app with its family, all of them running. */
async function family(): Promise<{ dante: Site; pids: Record<string, number> }> {
  const dante = await site({ fixture: 'family.js', settings: { devErrorsEnabled: false, gracefulShutdownTimeout: 0 } });
  running = dante;
  let pids: Record<string, number> = {};
  await until(async () => {
    pids = JSON.parse((await dante.get()).text);
    return Object.values(pids).every((pid) => pid > 0);
  });
  started.push(...Object.values(pids));
  expect(Object.values(pids).filter((pid) => !isRunning(pid))).toEqual([]);
  return { dante, pids };
}

const left = (pids: Record<string, number>): string[] =>
  Object.entries(pids).flatMap(([name, pid]) => (isRunning(pid) ? [name] : []));

describe.runIf(process.platform !== 'win32')('what a node process started, in sessions of their own too', () => {
  it.each<[string, (dante: Site, pids: Record<string, number>) => unknown]>([
    ['the worker is recycled', (dante) => dante.module.recycle()],
    ['the host stops', (dante) => dante.module.close()],
    [
      'the application is recycled',
      async (dante) => {
        dante.module.configChanged();
        await dante.get();
      },
    ],
  ])('ends when %s', async (_what, end) => {
    const { dante, pids } = await family();
    await end(dante, pids);
    await until(() => left(pids).length === 0);
  });

  it.each<[string, (dante: Site, pids: Record<string, number>) => unknown]>([
    ['it ends by itself', (dante) => dante.get('/?crash')],
    ['it is killed', (_dante, { node = 0 }) => process.kill(node, 'SIGKILL')],
  ])('ends when %s, but for what has neither parent nor environment any more', async (_what, end) => {
    const { dante, pids } = await family();
    await end(dante, pids);
    await until(() => left(pids).every((name) => name === 'noEnvironment'));
  });

  it('has exited when the promise of close resolves', async () => {
    const { dante, pids } = await family();
    await dante.module.close();
    expect(left(pids)).toEqual([]);
  });

  it('is known by a variable that names its pipe and that no other process has', async () => {
    const dante = await site({ fixture: 'echo.js' });
    running = dante;
    const { env } = JSON.parse((await dante.get()).text);
    expect(env.IISNODE_SOCK_JOB).toBe(env.PORT);
    expect(path.isAbsolute(env.PORT)).toBe(true);
    if (existsSync('/proc/self/environ')) expect(readFileSync('/proc/self/environ', 'latin1')).not.toContain(env.PORT);
  });
});
