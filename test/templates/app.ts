import { mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { init } from '../../src/scaffold/init.js';
import type { InitOptions } from '../../src/scaffold/types.js';

const root = path.join(import.meta.dirname, '../..');

/**
 * An app as init writes it, in a folder that goes when the test ends (or, outside of one, when `keep` is called), with this
 * repository's node_modules: nothing is installed, nothing is built.
 * @returns the app's folder, absolute.
 */
export async function writtenApp(
  template: string,
  options: Partial<InitOptions> = {},
  keep: (remove: () => void) => void = onTestFinished,
): Promise<string> {
  const parent = realpathSync(mkdtempSync(path.join(tmpdir(), 'template-')));
  keep(() => rmSync(parent, { recursive: true, force: true }));
  const directory = path.join(parent, template);
  await init({ directory, template, install: false, ...options }, quiet);
  symlinkSync(path.join(root, 'node_modules'), path.join(directory, 'node_modules'), 'junction');
  return directory;
}

const quiet = {
  interactive: false,
  event: () => undefined,
  ask: () => Promise.reject(new Error('nobody is there to answer')),
};
