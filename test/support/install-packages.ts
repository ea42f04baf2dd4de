import { cpSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './cli.js';

/** Copies packages of this repository into an app, with all that they need: what is packed has no package of a folder elsewhere. */
export function installPackages(folder: string, names: readonly string[]): void {
  for (const name of names) {
    const [from, to] = [root, folder].map((each) => path.join(each, 'node_modules', name)) as [string, string];
    if (existsSync(to)) continue;
    cpSync(from, to, { recursive: true });
    const { dependencies = {} } = JSON.parse(readFileSync(path.join(from, 'package.json'), 'utf8')) as {
      dependencies?: Record<string, string>;
    };
    installPackages(folder, Object.keys(dependencies));
  }
}
