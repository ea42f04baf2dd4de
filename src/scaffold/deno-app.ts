import { type App, guessesServer, isInstalledApp } from '../app/index.js';
import { UserError } from '../errors.js';
import { isTypeScript } from '../source/index.js';
import type { CheckedOptions } from './options.js';

/**
 * Refuses an app that only Deno can run: it has a deno.json, and no package.json or node_modules. A JavaScript file that is named by
 * `--entry` is taken as it is, and one that listens where deno.json names no packages.
 * Throws UserError DENO_APP (usage).
 */
export function refuseDeno({ folder, directory, manifest }: App, { entry }: CheckedOptions): void {
  const found = ['deno.json', 'deno.jsonc'].find((name) => folder.isFile(name));
  if (found === undefined || manifest.isRead || (entry !== undefined && !isTypeScript(entry))) return;
  const takesPackages = /"imports"\s*:/.test(folder.read(found) ?? '');
  if (isInstalledApp(directory, ['socket.io']) || (!takesPackages && guessesServer(folder, manifest))) return;
  throw new UserError('DENO_APP', {
    what: `the app in ${directory} is one of Deno: it has ${found} and no package.json`,
    why: 'iisnode starts node, which reads no deno.json and has no Deno.serve.',
    next: 'let HttpPlatformHandler start it: processPath="deno.exe" in web.config, and its port in HTTP_PLATFORM_PORT; or run it with node: npm init -y, npm install socket.io and its other packages, then init again',
  });
}
