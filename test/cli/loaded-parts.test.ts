import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cli, root, temporaryFolder } from '../support/cli.js';

let folder: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
});
afterAll(() => remove());

/** The text of all files of dist that the program had loaded when it ended. */
async function loadedBy(...args: string[]) {
  const preload = path.join(folder, 'list.cjs');
  await writeFile(
    preload,
    "process.on('exit', () => require('node:fs').writeFileSync(process.env.LOADED, JSON.stringify(Object.keys(require.cache))));",
  );
  const list = path.join(folder, 'loaded.json');
  const { code } = await cli(args, { environment: { NODE_OPTIONS: `--require ${preload}`, LOADED: list } });
  expect(code).toBe(0);
  const files = JSON.parse(readFileSync(list, 'utf8')) as string[];
  return files
    .filter((file) => path.dirname(file) === path.join(root, 'dist'))
    .map((file) => readFileSync(file, 'utf8'));
}

it('doctor loads neither the embedded IIS nor the XML parser of appcmd for a folder that it does not start', async () => {
  const app = path.join(folder, 'app');
  await cli(['init', app, '--template', 'minimal', '--no-install']);
  const texts = await loadedBy('doctor', app, '--no-run');
  expect(texts.length).toBeGreaterThan(1);
  // A type that only `send` knows, an option of fast-xml-parser, one of the rules.
  const has = (words: string) => texts.some((text) => text.includes(words));
  expect(['vnd.lotus-1-2-3', 'processEntities', 'WEBSOCKET_MODULE_ENABLED'].map(has)).toEqual([false, false, true]);
});

it('trace loads the front, its own file and that of the error class', async () => {
  const app = path.join(folder, 'traced');
  await cli(['init', app, '--template', 'minimal', '--no-install']);
  const texts = await loadedBy('trace', '/traced/', '--dir', app);
  // An option of acorn, the name of the error class, the host's stages.
  const count = (words: string) => texts.filter((text) => text.includes(words)).length;
  expect([texts.length, count('allowAwaitOutsideFunction'), count('HandlerMapping')]).toEqual([3, 0, 1]);
});

it('an error of a file that trace loads later is one of the user, not of the program', async () => {
  const app = path.join(folder, 'default');
  await cli(['init', app, '--template', 'minimal', '--no-install']);
  const file = path.join(app, 'package.json');
  await writeFile(file, JSON.stringify({ name: 'x', 'iisnode-sock': { defaults: { trace: { metod: 'GET' } } } }));
  const { code, stderr } = await cli(['trace', '/x'], { cwd: app });
  expect([code, stderr]).toEqual([2, expect.stringContaining('error DEFAULTS_INVALID')]);
});
