import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { deployRequest } from '../../src/commands/deploy-request.js';

/** A folder with a package.json that has these targets. */
function folderWith(targets: object): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'request-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'app', 'iisnode-sock': { targets } }));
  return folder;
}

const ssh = { to: 'ssh://web1/Site/dante', releasesDirectory: 'E:\\of-file' };

it.each<[string | undefined, { readonly to?: string[]; readonly releasesDir?: string }, (cwd: string) => string]>([
  ['remote', {}, () => 'E:\\of-file'],
  ['remote', { releasesDir: 'D:\\apps\\dante' }, () => 'D:\\apps\\dante'],
  ['remote', { releasesDir: 'kept' }, () => 'kept'],
  ['remote', { to: ['embedded'], releasesDir: 'kept' }, (cwd) => path.join(cwd, 'kept')],
  ['local', { releasesDir: 'kept' }, (cwd) => path.join(cwd, 'kept')],
  ['local', { to: ['ssh://web1/Site/dante'], releasesDir: 'kept' }, () => 'kept'],
  [undefined, { to: ['ssh://web1/Site/dante'], releasesDir: 'D:\\apps' }, () => 'D:\\apps'],
  [undefined, { releasesDir: 'kept' }, (cwd) => path.join(cwd, 'kept')],
])('the folder of the releases belongs to the server: target %s with %o', (target, typed, wanted) => {
  const cwd = folderWith({ remote: ssh, local: { to: 'embedded' } });
  const { options } = deployRequest(target, typed, cwd);
  expect(options.releasesDirectory).toBe(wanted(cwd));
});
