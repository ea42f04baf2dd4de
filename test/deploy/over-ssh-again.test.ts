import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { baseOf, deployApp, fakeServer } from './over-ssh-support.js';
import { makeApp } from './support.js';

describe('an app over ssh that a kept release is', () => {
  it('is live again after another one: nothing of it is sent', async () => {
    const server = fakeServer();
    const directory = makeApp({ server: 'one' });
    const write = (text: string): void => writeFileSync(path.join(directory, 'server.js'), text);
    const first = await deployApp(server, directory);
    write('two');
    await deployApp(server, directory);
    write('one');
    const again = await deployApp(server, directory);
    expect(again.said.filter((line) => line.includes('(send'))).toEqual([]);
    const { id = '' } = again.result.plan.release ?? {};
    expect(id > (first.result.plan.release?.id ?? '')).toBe(true);
    const live = path.join(baseOf(server), 'releases', id);
    expect(server.world.store.text).toContain(`physicalPath="${live}"`);
    expect(readFileSync(path.join(live, 'server.js'), 'utf8')).toBe('one');
  });

  it('does not get what someone has changed in that release', async () => {
    const server = fakeServer();
    const directory = makeApp({ server: 'one' });
    const { result } = await deployApp(server, directory);
    const kept = path.join(baseOf(server), 'releases', result.plan.release?.id ?? '');
    writeFileSync(path.join(directory, 'server.js'), 'two');
    await deployApp(server, directory);
    writeFileSync(path.join(kept, 'server.js'), 'of someone else');
    writeFileSync(path.join(directory, 'server.js'), 'one');
    const { result: last, said } = await deployApp(server, directory);
    expect(said.join('\n')).toContain('(send 1 file');
    const live = path.join(baseOf(server), 'releases', last.plan.release?.id ?? '');
    expect(readFileSync(path.join(live, 'server.js'), 'utf8')).toBe('one');
  });

  it('leaves nothing in a dry run', async () => {
    const server = fakeServer();
    const directory = makeApp({ server: 'one' });
    await deployApp(server, directory);
    writeFileSync(path.join(directory, 'server.js'), 'two');
    await deployApp(server, directory);
    const before = readdirSync(path.join(baseOf(server), 'releases'));
    writeFileSync(path.join(directory, 'server.js'), 'one');
    expect((await deployApp(server, directory, { dryRun: true })).result.changed).toBe(true);
    expect(readdirSync(path.join(baseOf(server), 'releases'))).toEqual(before);
  });
});
