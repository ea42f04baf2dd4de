import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readApp } from '../../src/app/index.js';
import type { UndeployResult } from '../../src/deploy/index.js';
import { atServer } from '../../src/deploy/over-ssh/at-server.js';
import { statusOverSsh } from '../../src/deploy/over-ssh/commands.js';
import { checkOverSsh } from '../../src/deploy/over-ssh/deploy-over-ssh.js';
import { placedBySsh } from '../../src/deploy/over-ssh/place.js';
import { listed, type RemoteRequest } from '../../src/deploy/over-ssh/wire.js';
import { readJournal } from '../../src/deploy/releases/journal.js';
import type { UserError } from '../../src/errors.js';
import { takeLock } from '../../src/files/index.js';
import { hashOfApp } from '../../src/pack/index.js';
import { readSshAddress } from '../../src/ssh/index.js';
import { baseOf, deployApp, everything, fakeServer, to } from './over-ssh-support.js';
import { iisWith } from './preflight/support.js';
import { makeApp, temporaryDirectory } from './support.js';

const names = ['größe 100% & ^a!b (1).txt', '👋.txt', 'public/a.js', 'public/deep/b.js', "it's.txt"];

function appWithFiles(): string {
  const directory = makeApp({ server: 'one' });
  for (const name of names) {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    writeFileSync(path.join(directory, name), `content of ${name}`);
  }
  return directory;
}

describe('deploy --to ssh://', () => {
  it('copies the app into a release, and sends what has changed alone', async () => {
    const server = fakeServer();
    const directory = appWithFiles();
    const first = await deployApp(server, directory);
    expect(first.result).toMatchObject({ target: 'ssh', changed: true });
    const release = path.join(baseOf(server), 'releases', first.result.plan.release?.id ?? '');
    for (const name of [...names, 'server.js', 'web.config']) {
      expect(readFileSync(path.join(release, name), 'utf8')).toBe(readFileSync(path.join(directory, name), 'utf8'));
    }
    expect(server.world.store.text).toContain(`physicalPath="${release}"`);
    expect(first.said.filter((line) => line.includes('(send'))).toEqual([expect.stringContaining('(send 7 files')]);

    const before = everything(server);
    const second = await deployApp(server, directory);
    expect(second.result.changed).toBe(false);
    expect(server.messages.filter(({ need }) => need !== undefined)).toEqual([{ need: 'nothing' }]);
    expect(everything(server)).toEqual(before);

    // The time of a file that is otherwise the same does not count.
    utimesSync(path.join(directory, 'public/a.js'), 1_000_000, 1_000_000);
    writeFileSync(path.join(directory, 'server.js'), 'two');
    const third = await deployApp(server, directory);
    expect(third.said.join('\n')).toMatch(/\(send 1 file, 3 B, as \d+ B; 6 are there\)/);
    expect(third.result.plan.release?.from).toBe(first.result.plan.release?.id);
    expect(readJournal(baseOf(server)).map(({ command, outcome }) => [command, outcome])).toEqual([
      ['deploy', 'done'],
      ['deploy', 'done'],
    ]);
  });

  it('sends the list of the folders and packages that differ, whatever else there is', async () => {
    const server = fakeServer();
    const directory = appWithFiles();
    const write = (name: string, text: string): void => {
      mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
      writeFileSync(path.join(directory, name), text);
    };
    for (let count = 0; count < 40; count += 1)
      for (const name of ['lib/index.js', 'lib/deep/b.js'])
        write(`node_modules/@scope/p${count}/${name}`, `${count} ${name}`);
    const dependencies = Object.fromEntries(Array.from({ length: 40 }, (_, count) => [`@scope/p${count}`, '*']));
    write('package.json', JSON.stringify({ name: 'x', dependencies }));
    await deployApp(server, directory);
    const first = server.frames;
    write('server.js', 'two');
    const second = await deployApp(server, directory);
    expect(second.said.join('\n')).toMatch(/\(send 1 file, 3 B/);
    expect(server.frames).toBeLessThan(1_500);
    expect(first).toBeGreaterThan(4_000);
    // A package that is changed, one that is gone, and a folder that is new; the others are copied there.
    write('node_modules/@scope/p7/lib/index.js', 'other');
    rmSync(path.join(directory, 'node_modules/@scope/p8'), { recursive: true });
    delete dependencies['@scope/p8'];
    write('package.json', JSON.stringify({ name: 'x', dependencies }));
    write('public/new/c.js', 'c');
    const third = await deployApp(server, directory);
    expect(third.said.join('\n')).toMatch(/\(send 3 files, /);
    expect(server.frames).toBeLessThan(1_500);
    const release = path.join(baseOf(server), 'releases', third.result.plan.release?.id ?? '');
    expect(
      ['p7/lib/index.js', 'p8', 'p9/lib/deep/b.js'].map((name) =>
        existsSync(path.join(release, 'node_modules/@scope', name)),
      ),
    ).toEqual([true, false, true]);
  });

  it('takes a file of the live release that was changed or removed there from here', async () => {
    const server = fakeServer();
    const directory = appWithFiles();
    const { result } = await deployApp(server, directory);
    const live = path.join(baseOf(server), 'releases', result.plan.release?.id ?? '');
    writeFileSync(path.join(live, 'public/a.js'), 'of someone else');
    rmSync(path.join(live, '👋.txt'));
    writeFileSync(path.join(directory, 'server.js'), 'two');
    const { said } = await deployApp(server, directory);
    expect(said.join('\n')).toContain('(send 3 files');
  });

  it('a dry run, and a check, change nothing there', async () => {
    const server = fakeServer();
    const directory = appWithFiles();
    const { result } = await deployApp(server, directory, { dryRun: true });
    expect(result.steps.flatMap(({ commands }) => commands).join('\n')).toContain('add app');
    expect(everything(server)).toEqual({ store: fakeServer().world.store.text, records: [], files: [] });
    expect(existsSync(baseOf(server))).toBe(false);
  });

  it('the dry run of undeploy changes nothing there, and tells what undeploy does', async () => {
    const server = fakeServer();
    await deployApp(server, makeApp());
    const before = everything(server);
    const place = { siteName: 'Default Web Site', vdirPath: '/dante' };
    const ask = async (dryRun?: true): Promise<UndeployResult> => {
      const request = { command: 'undeploy', place, deployment: '', ...(dryRun && { dryRun }) } as const;
      return (await atServer<UndeployResult>(readSshAddress(to), request, { open: server.open })).result;
    };
    const told = await ask(true);
    expect(everything(server)).toEqual(before);
    expect(told).toEqual({ ...(await ask()), dryRun: true });
    expect(told.commands.join('\n')).toContain('delete app');
  });

  it('looks at the server before, with --check', async () => {
    const server = fakeServer();
    const directory = appWithFiles();
    const app = readApp(directory, { environment: {}, vdirPath: '/dante' });
    const fault = { rule: 'SOME_RULE', severity: 'error', message: 'It is broken.' } as const;
    const checked = await checkOverSsh(app, placedBySsh({ directory, to, environment: {} }), to, [fault], server.open);
    expect(checked).toMatchObject({ target: 'ssh', site: 'Default Web Site', path: '/dante', ready: false });
    expect(checked.checks.filter(({ state }) => state === 'failed')).toEqual([
      expect.objectContaining({
        obstacle: expect.objectContaining({ why: 'It is broken.' }),
      }),
    ]);
    expect(everything(server)).toEqual({ store: fakeServer().world.store.text, records: [], files: [] });
  });

  it('that has changed since the check refuses a deployment with what is missing, or takes it as it is now', async () => {
    const server = fakeServer();
    const directory = appWithFiles();
    const app = readApp(directory, { environment: {}, vdirPath: '/dante' });
    const check = () => checkOverSsh(app, placedBySsh({ directory, to, environment: {} }), to, [], server.open);
    expect(await check()).toMatchObject({ ready: true });
    const { store } = server.world;
    const before = store.text;
    const failure = async () => {
      const there = everything(server);
      const failed: unknown = await deployApp(server, directory).catch((error: unknown) => error);
      expect(everything(server)).toEqual(there);
      return failed;
    };
    store.text = before.replaceAll(/<section name="iisnode"[^>]*>/g, '');
    expect(await failure()).toMatchObject({ code: 'IISNODE_NOT_INSTALLED', exit: 'refused' });
    store.text = before.replace('name="Default Web Site"', 'name="Renamed"');
    expect(await failure()).toMatchObject({
      code: 'SITE_NOT_FOUND',
      next: 'name one of them in the address, a blank as %20, or let deploy create it (then without its name in the address): --new-site "Default Web Site"',
    });
    store.text = before;

    // Someone else deploys another version, and gives the pool another setting.
    const other = appWithFiles();
    writeFileSync(path.join(other, 'server.js'), 'of another one');
    const { result: between } = await deployApp(server, other);
    await server.world.run('set', 'apppool', '/apppool.name:dante', '/managedRuntimeVersion:v4.0');
    const { result } = await deployApp(server, directory);
    expect(result.plan.release?.from).toBe(between.plan.release?.id);
    expect((await server.world.run('list', 'apppool', 'dante', '/text:managedRuntimeVersion')).lines).toEqual([]);
  });

  it('has hints for the machine that asks', async () => {
    const server = fakeServer();
    await deployApp(server, appWithFiles());
    const nowhere = readSshAddress('ssh://ann@web1/Default%20Web%20Site/nowhere');
    const place = { siteName: 'Default Web Site', vdirPath: '/nowhere' };
    for (const request of [
      { command: 'releases', place },
      { command: 'rollback', place, deployment: 'x', options: {} },
    ] as const)
      await expect(atServer(nowhere, request, { open: server.open })).rejects.toMatchObject({
        code: 'NOT_DEPLOYED',
        why: expect.stringMatching(/ Deployed on web1: \/dante /),
        next: 'see what is deployed there: npx iisnode-sock status --to ssh://ann@web1',
      });
  });

  it('installs the packages there, with --install-on-server', async () => {
    const server = fakeServer();
    const directory = appWithFiles();
    const scripts = { install: "node -e \"require('fs').writeFileSync('installed.txt', '')\"" };
    writeFileSync(path.join(directory, 'package.json'), JSON.stringify({ name: 'x', version: '1.0.0', scripts }));
    const environment = { PATH: process.env.PATH, HOME: server.home };
    const { result, said } = await deployApp(server, directory, { installOnServer: true, environment });
    expect(said.join('\n')).toContain('done Install the packages');
    expect(existsSync(path.join(baseOf(server), 'releases', result.plan.release?.id ?? '', 'installed.txt'))).toBe(
      true,
    );
    expect((await deployApp(server, directory, { installOnServer: true, environment })).result.changed).toBe(false);
  });

  it('has a status: what is deployed there, and of a place in its address or beside it that alone', async () => {
    const server = fakeServer();
    const { result } = await deployApp(server, appWithFiles());
    const statusOf = async (address: string, place: { readonly site?: string; readonly path?: string } = {}) =>
      (await statusOverSsh({ to: address, environment: {}, ...place }, server.open)).map(({ release }) => release);
    const release = result.plan.release?.id;
    expect(await statusOf('ssh://web1')).toEqual([release]);
    expect(await statusOf('ssh://web1/default%20web%20site/DANTE')).toEqual([release]);
    expect(await statusOf('ssh://web1', { site: 'default web site', path: '/Dante/' })).toEqual([release]);
    expect(await statusOf('ssh://web1', { path: '/other' })).toEqual([]);
    expect(await statusOf('ssh://web1/Other')).toEqual([]);
  });

  it('says who deploys there, and since when, and waits for that', async () => {
    const server = fakeServer();
    const directory = appWithFiles();
    mkdirSync(baseOf(server), { recursive: true });
    const lock = await takeLock(path.join(baseOf(server), 'deploy.lock'), {
      command: 'deploy /dante by bob@web2',
      patience: 0,
    });
    const waiting = deployApp(server, directory);
    await expect
      .poll(() => server.messages.map(({ event }) => event?.note))
      .toContainEqual(
        expect.stringMatching(/^waiting for deploy \/dante by bob@web2 \(process \d+, since 20\d\d-.*\) to end$/),
      );
    lock.release();
    expect((await waiting).result.changed).toBe(true);
  });

  it('sends the package of a product that the server lacks, for the time of the deployment', async () => {
    const installIisnode = path.join(temporaryDirectory(), 'iisnode (x64).msi');
    writeFileSync(installIisnode, Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), randomBytes(200_000)]));
    const directory = appWithFiles();
    const without = fakeServer();
    without.world.store.text = iisWith(['rewrite']);
    const dry = await deployApp(without, directory, { installIisnode, dryRun: true });
    const commands = dry.result.steps.flatMap((step) => step.commands).filter((line) => line.startsWith('msiexec'));
    expect(commands).toEqual([expect.stringMatching(/^msiexec\.exe \/i "[^"]*iisnode \(x64\)\.msi" \/qn \/norestart/)]);
    expect(without.messages.filter(({ packages }) => packages !== undefined)).toEqual([{ packages: [0] }]);
    expect(dry.said.join('\n')).toContain('(send iisnode (x64).msi, 195.3 kB, for iisnode)');
    expect(existsSync(/"([^"]*)"/.exec(commands[0] ?? '')?.[1] ?? '')).toBe(false);
    expect(without.frames).toBeGreaterThan(200_000);

    const has = fakeServer();
    await deployApp(has, directory, { installIisnode });
    expect(has.messages.filter(({ packages }) => packages !== undefined)).toEqual([]);
    expect(has.frames).toBeLessThan(50_000);
    const page = path.join(path.dirname(installIisnode), 'page.msi');
    writeFileSync(page, '<html>');
    await expect(deployApp(has, directory, { installIisnode: page })).rejects.toMatchObject({ code: 'MSI_INVALID' });
    await expect(deployApp(has, directory, { installRewrite: `${page}.no` })).rejects.toMatchObject({
      code: 'MSI_NOT_FOUND',
    });
    without.cutAt = (count) => count === 3; // while the package comes
    await expect(deployApp(without, directory, { installIisnode })).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
    expect(without.world.store.text).toBe(iisWith(['rewrite']));
  });

  it('looks at the server again when it has waited for another deployment', async () => {
    const server = fakeServer();
    const directory = appWithFiles();
    await deployApp(server, directory);
    const other = await takeLock(path.join(server.home, 'deploy.lock'), { command: 'deploy', patience: 0 });
    writeFileSync(path.join(directory, 'server.js'), 'two');
    const waiting = deployApp(server, directory);
    await expect
      .poll(() => server.messages.map(({ event }) => event?.note))
      .toContainEqual(expect.stringContaining('waiting for deploy'));
    await server.world.run('set', 'vdir', 'Default Web Site/dante/', `/physicalPath:${directory}`);
    other.release();
    const { result } = await waiting;
    expect(server.world.store.text).toContain(`releases/${result.plan.release?.id}"`);
  });

  it('refuses before any file is sent', async () => {
    const server = fakeServer();
    const other = placedBySsh({ to: 'ssh://web1/Nowhere/dante', directory: '' });
    await expect(deployApp(server, appWithFiles(), other)).rejects.toMatchObject({ code: 'SITE_NOT_FOUND' });
    expect(server.messages.filter(({ need }) => need !== undefined)).toEqual([]);
  });

  it.each([
    [{ inPlace: true }],
    [{ releasesDirectory: 'relative' }],
    [{ releasesDirectory: '/home/ann/D:\\apps' }],
    [{ releasesDirectory: 'D:apps' }],
    [{ port: 8090 }],
  ])('refuses %o', async (option) => {
    await expect(deployApp(fakeServer(), appWithFiles(), option)).rejects.toMatchObject({ code: 'NOT_OVER_SSH' });
  });
});

/** A deployment of empty files, as a client of another kind might send it. */
function sendEmpty(paths: readonly string[], sha256: string, server = fakeServer()): Promise<unknown> {
  const files = paths.map((name) => ({ path: name, size: 0, mtimeMs: 0, sha256 }));
  const app = { hash: hashOfApp(files), size: 0, count: files.length };
  const place = { siteName: 'Default Web Site', vdirPath: '/dante' };
  const request: RemoteRequest = { command: 'deploy', place, options: {}, app, deployment: '', who: 'x' };
  return atServer(readSshAddress(to), request, {
    open: server.open,
    need: (need, session) => {
      const list = { without: [], files: files.map(listed) };
      return session.sendData([gzipSync(typeof need === 'object' && 'list' in need ? JSON.stringify(list) : '')]);
    },
  });
}

describe('what a client sends', () => {
  it.each(['../x', 'a/../../x', '/etc/x', 'C:\\x', 'a//b', 'con', 'a/b:c', '', 'a\\..\\b', 'x.'])(
    '%j is no path',
    async (path) => {
      await expect(sendEmpty([path], '0'.repeat(64))).rejects.toMatchObject({ code: 'BAD_FILE_LIST' });
    },
  );

  it('is compared with its hash', async () => {
    await expect(sendEmpty(['a.js'], '0'.repeat(64))).rejects.toMatchObject({ code: 'APP_ARRIVED_DIFFERENT' });
  });
});

describe('a server that cannot write', () => {
  it('says so, and keeps nothing of what came', async () => {
    const server = fakeServer();
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    const failing = sendEmpty(['a', 'a/b'], empty, server);
    await expect(failing).rejects.toMatchObject({ code: 'FOLDER_NOT_MADE', exit: 'refused' });
    expect(everything(server)).toEqual({ store: fakeServer().world.store.text, records: [], files: [] });
  });
});

describe('a connection that is cut', () => {
  it('at any message leaves the server as it was, or with the new release, and the error says which', async () => {
    const outcomes = new Set<string>();
    const server = fakeServer();
    const directory = appWithFiles();
    await deployApp(server, directory);
    let last = 0;
    /** Cuts at a message, and gives what the deployment says. */
    const cutDeployment = async (at: number): Promise<string> => {
      writeFileSync(path.join(directory, 'server.js'), `edit ${at}`);
      const before = everything(server);
      const inThis = server.connections + 1;
      server.cutAt = (count) => {
        if (server.connections === inThis) last = count;
        return server.connections === inThis && count === at;
      };
      const outcome = await deployApp(server, directory).then(
        () => 'deployed',
        (error: { code: string; what: string }) => `${error.code} ${error.what}`,
      );
      await server.idle();
      if (outcome === 'deployed' || /complete before/.test(outcome)) {
        expect(server.world.store.text).not.toBe((before as { store: string }).store);
        return outcome === 'deployed' ? 'deployed' : 'complete';
      }
      expect(outcome).toMatch(/^CONNECTION_LOST .*(nothing was changed|was undone) there$/);
      expect(everything(server)).toEqual(before);
      return /nothing/.test(outcome) ? 'nothing' : 'undone';
    };
    // Every message until the files are there, then every third of the plan's, and the result itself.
    for (let at = 1; !outcomes.has('deployed'); at += at < 9 ? 1 : 3) outcomes.add(await cutDeployment(at));
    outcomes.add(await cutDeployment(last));
    expect([...outcomes].sort()).toEqual(['complete', 'deployed', 'nothing', 'undone']);
  });

  it('by Ctrl-C is undone there, and that is what is said, at whatever command it comes', async () => {
    let [count, at, interrupting] = [0, 0, new AbortController()];
    const server = fakeServer((appcmd) => ({
      ...appcmd,
      run: async (args) => {
        count += 1;
        if (count === at) interrupting.abort();
        return appcmd.run(args);
      },
    }));
    const directory = appWithFiles();
    await deployApp(server, directory);
    const before = everything(server);
    writeFileSync(path.join(directory, 'server.js'), 'two');
    const said = new Set<string>();
    for (let next = 1; next < 100; next++) {
      [count, at, interrupting] = [0, next, new AbortController()];
      const failed: unknown = await deployApp(server, directory, { signal: interrupting.signal }).then(
        () => undefined,
        (error: unknown) => error,
      );
      await server.idle();
      if (failed === undefined) break;
      expect(failed, String(next)).toMatchObject({ code: 'INTERRUPTED', exit: 'interrupted' });
      expect(everything(server), String(next)).toEqual(before);
      const { what, why } = failed as UserError;
      said.add(
        /it has changed nothing|nothing was changed|everything done before was undone/.exec(what + why)?.[0] ?? what,
      );
    }
    expect([...said]).toEqual(expect.arrayContaining(['it has changed nothing', 'everything done before was undone']));
    expect(said.size).toBeLessThan(4);
  });
});
