import { mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { InitOptions } from '../../src/scaffold/index.js';
import { root } from './cli.js';
import { init } from './init.js';

export interface ScaffoldedApp {
  /** Absolute. */
  readonly folder: string;
  remove(): void;
}

/** A template's app as init writes it, in a separate folder, with this repository's node_modules. */
export async function scaffolded(
  template: string,
  options: Omit<InitOptions, 'directory' | 'template' | 'install'> = {},
): Promise<ScaffoldedApp> {
  const parent = realpathSync(mkdtempSync(path.join(tmpdir(), 'app-')));
  const folder = path.join(parent, template);
  const talk = { interactive: false, ask: () => Promise.reject(new Error('nobody is there')), event: () => {} };
  await init({ ...options, directory: folder, template, install: false }, talk);
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
  return { folder, remove: () => rmSync(parent, { recursive: true, force: true, maxRetries: 5 }) };
}
