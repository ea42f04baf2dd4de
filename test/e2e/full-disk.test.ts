import { mkdirSync, readdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHome, stopBackgroundHost } from '../../src/host/index.js';
import { catchAll } from '../support/catch-all.js';
import { type CliResult, temporaryFolder } from '../support/cli.js';
import { cliHere } from '../support/cli-here.js';
import { type SmallDisk, smallDisk } from '../support/small-disk.js';

let folder: string;
let app: string;
let remove: () => Promise<void>;
let disk: SmallDisk;
let home: string;
let url = '';
const run = (...args: string[]): Promise<CliResult> =>
  cliHere(args, { cwd: folder, environment: { IISNODE_SOCK_HOME: home } });
const deploy = (...more: string[]): Promise<CliResult> =>
  run('deploy', 'app', '--to', 'embedded', '--path', '/x', ...more);

/** @param filler bytes of a file that is copied, too. */
function edit(answer: string, filler: number): void {
  writeFileSync(path.join(app, 'picture.bin'), Buffer.alloc(filler, answer));
  writeFileSync(
    path.join(app, 'server.js'),
    `require('node:http').createServer((q, s) => s.end('${answer}')).listen(process.env.PORT);`,
  );
}

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  disk = smallDisk(path.join(folder, 'disk'), 24);
  home = path.join(disk.folder, 'home');
  app = path.join(folder, 'app');
  mkdirSync(app);
  writeFileSync(path.join(app, 'web.config'), catchAll());
  edit('one', 1000);
  const first = await deploy('--releases', '2', '--port', '0');
  expect(first, first.stderr).toMatchObject({ code: 0 });
  url = /^http:\S+$/m.exec(first.stdout)?.[0] ?? '';
}, 120_000);

afterAll(async () => {
  await stopBackgroundHost(openHome({ IISNODE_SOCK_HOME: home }));
  disk?.remove();
  await remove();
});

const config = (): string => readFileSync(path.join(home, 'applicationHost.config'), 'utf8');
const answer = async (): Promise<string> => (await fetch(url)).text();
const releasesThere = (): readonly string[] => {
  const [name = ''] = readdirSync(path.join(home, 'apps'));
  return readdirSync(path.join(home, 'apps', name, 'releases')).sort();
};

/** @returns whether it was copied. */
function fillAfterCopy(left: number): () => boolean {
  const [name = ''] = readdirSync(path.join(home, 'apps'));
  let isFull = false;
  const watcher = watch(path.join(home, 'apps', name, 'releases'), (_event, file) => {
    if (isFull || !/^\d{8}-\d{6}-[0-9a-f]{8}\.json$/.test(file ?? '')) return;
    isFull = true;
    disk.leave(left);
  });
  return () => {
    watcher.close();
    return isFull;
  };
}

describe('a disk that is full', () => {
  it('is seen by --check and by deploy before anything is copied', async () => {
    edit('two', 3_000_000);
    disk.leave(2_000_000);
    const before = [config(), releasesThere()];
    const checked = await deploy('--check');
    expect([checked.code, checked.stdout]).toEqual([
      1,
      expect.stringMatching(
        /✖ There is space for the release.*\n {4}a release of the app takes .* kB, and the disk of .+ has .* kB free\n/,
      ),
    ]);
    const refused = await deploy();
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('error DISK_FULL  ')]);
    expect([config(), releasesThere()]).toEqual(before);
    // What is live already is not copied again.
    edit('one', 1000);
    disk.leave(500_000);
    const same = await deploy('--check');
    expect(same, same.stdout).toMatchObject({ code: 0 });
    expect(await answer()).toBe('one');
  }, 120_000);

  it('at any moment leaves what was live, or the new release, and says which', async () => {
    const outcomes = new Set<string>();
    // Another program fills the disk as soon as the release is copied: the switch comes next.
    for (let left = 0, at = 0; left <= 80_000; left += left < 40_000 ? 4_096 : 16_384, at++) {
      disk.leave(8_000_000);
      edit(`x${at}`, 20_000);
      const before = { answer: await answer(), config: config(), releases: releasesThere() };
      const isCopied = fillAfterCopy(left);
      const { code, stderr } = await deploy();
      outcomes.add(`${code} ${isCopied()}`);
      disk.leave(8_000_000);
      const now = await answer();
      if (code === 0) expect(now, stderr).toBe(`x${at}`);
      else {
        expect([code, now], stderr).toEqual([1, before.answer]);
        expect({ answer: now, config: config() }, stderr).toMatchObject({
          answer: before.answer,
          config: before.config,
        });
        expect(stderr).toMatch(/^error [A-Z_]+ {2}/m);
        expect(stderr).not.toContain('this is a bug');
      }
    }
    expect([...outcomes].sort()).toEqual(['0 true', '1 true']);
    disk.leave(8_000_000);
    edit('last', 20_000);
    const done = await deploy();
    expect(done, done.stderr).toMatchObject({ code: 0 });
    const listed = JSON.parse((await run('releases', 'app', '--json')).stdout);
    expect([listed.leftovers, listed.releases.length]).toEqual([[], 2]);
  }, 600_000);
});
