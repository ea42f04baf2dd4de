import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { afterCut } from '../../src/deploy/over-ssh/after-cut.js';
import { rollbackOverSsh, statusOverSsh, undeployOverSsh } from '../../src/deploy/over-ssh/commands.js';
import { ConnectionLost, readSshAddress } from '../../src/ssh/index.js';
import { baseOf, deployApp, deploymentOf, type FakeServer, killable, killHolders, to } from './over-ssh-support.js';
import { makeApp } from './support.js';

const address = readSshAddress(to);
const place = { siteName: 'Default Web Site', vdirPath: '/dante' };

/** The folder that IIS there serves; undefined: it has no such application. */
const served = ({ world }: FakeServer): string | undefined =>
  /path="\/dante"[\s\S]*?physicalPath="[^"]*?([^"/\\]*)"/.exec(world.store.text)?.[1];

/** A server with two releases, where the armed command is killed. */
async function killed(command: 'rollback' | 'undeploy', at: RegExp, when: 'before' | 'after') {
  const { server, arm, reached } = killable(at, when);
  const directory = makeApp();
  const release = async (text: string): Promise<string> => {
    writeFileSync(path.join(directory, 'server.js'), text);
    return (await deployApp(server, directory)).result.plan.release?.id ?? '';
  };
  const ids = [await release('one'), await release('two')];
  const options = { to, directory, verify: false, environment: {} };
  const rollback = () => rollbackOverSsh(options, () => undefined, server.open);
  const undeploy = () => undeployOverSsh({ to, directory, environment: {} }, server.open);
  arm();
  void { rollback, undeploy }[command]().catch(() => undefined); // goes no further
  await reached;
  killHolders(server);
  const cut = { command, address, place, deployment: deploymentOf(server), open: server.open } as const;
  const error = await afterCut(new ConnectionLost(address, 'It was cut.'), cut);
  const [told] = await statusOverSsh({ to, environment: {} }, server.open);
  expect(error).toMatchObject({ code: 'CONNECTION_LOST', exit: 'incomplete' });
  return { server, ids, error, told, release, rollback, undeploy };
}

it.each([
  ['before', /^set vdir/, 1, 'as before'],
  ['after', /^set vdir/, 0, 'its pool is not recycled'],
  ['after', /^recycle apppool/, 0, 'its pool is not recycled'],
] as const)(
  'a rollback there that is killed %s %s says what is live, and is made complete by the next one',
  async (...row) => {
    const [when, at, live, said] = row;
    const { server, ids, error, told, release, rollback } = await killed('rollback', at, when);
    expect([served(server), told?.release]).toEqual([ids[live], ids[live]]);
    expect(error.what).toContain(`release ${ids[live]} is live`);
    expect(error.what).toContain(said);
    expect((await rollback()).plan.release?.id).toBe(ids[0]);
    expect(served(server)).toBe(ids[0]);
    expect(existsSync(path.join(baseOf(server), 'switching'))).toBe(false);
    expect(await release('two')).toBe(ids[1]);
    expect(served(server)).toBe(ids[1]);
  },
);

it.each([
  ['before', /^delete app /],
  ['after', /^delete app /],
  ['after', /^delete apppool /],
] as const)('an undeploy there that is killed %s %s is said, and made complete by the next one', async (when, at) => {
  for (const next of ['undeploy', 'deploy', 'rollback']) {
    const { server, ids, error, told, release, rollback, undeploy } = await killed('undeploy', at, when);
    expect(error.what).toContain('was ended in the middle');
    const isThere = served(server) !== undefined;
    expect(isThere).toBe(when === 'before');
    expect([told?.release, told?.missing]).toEqual(isThere ? [ids[1], undefined] : [undefined, true]);
    if (next === 'deploy') expect(await release('two')).toBe(served(server));
    if (next === 'rollback') expect((await rollback()).plan.release?.id).toBe(served(server));
    expect(await undeploy()).toMatchObject({ changed: true });
    expect(server.world.store.text).not.toContain('dante');
    expect(await statusOverSsh({ to, environment: {} }, server.open)).toEqual([]);
    expect(readdirSync(baseOf(server))).toEqual(['journal.jsonl']);
  }
});
