import path from 'node:path';
import type { RewriteRule } from '../rewrite/index.js';
import type { AppFolder } from '../source/index.js';
import { guessEntries } from './entries.js';
import { literalNames, literalTarget } from './entry-names.js';
import { type Program, programOfLoader } from './loader.js';
import type { Manifest } from './manifest.js';
import { type PlatformStart, platformScript } from './platform-script.js';

/** A program node would run. */
export interface Entry {
  /** As in a handler or a rule, forward slashes: 'server.js', 'bin/www'. */
  readonly name: string;
  /** Absolute path, in the spelling of the disk if it exists. */
  readonly file: string;
  readonly exists: boolean;
  readonly from: 'handler' | 'rewrite' | 'platform' | 'package.json' | 'name';
  /** Where this is the loader: the app's own entry point, which it loads. */
  readonly program?: Program;
}

/** The app's own entry point: what the loader loads, or what iisnode runs itself. */
export const programOf = (entry: Entry): Program => entry.program ?? entry;

/** The part of a site's configuration that decides which programs it runs. */
export interface Served {
  /** '/' or '/dante'. */
  readonly vdirPath: string;
  /** The paths of the iisnode handlers. */
  readonly iisnodeHandlers: readonly { readonly path: string }[];
  readonly rewrite: { readonly rules: readonly RewriteRule[] } | undefined;
  /** How HttpPlatformHandler starts node. */
  readonly platform?: PlatformStart | undefined;
}

const program = /\.(c|m)?js$/i;

/** Programs that rules rewrite to. */
function rewriteNames({ rewrite, vdirPath }: Served, folder: AppFolder): string[] {
  const names: string[] = [];
  for (const { action, enabled } of rewrite?.rules ?? []) {
    if (!enabled || action.type !== 'Rewrite') continue;
    const name = literalTarget(action.url, vdirPath);
    if (!name) continue;
    const isExtensionless = !path.posix.extname(name) && folder.isFile(name);
    if (program.test(name) || isExtensionless) names.push(name);
  }
  return names;
}

function entry(folder: AppFolder, name: string, from: Entry['from']): Entry {
  const loaded = programOfLoader(folder, name);
  return {
    name,
    file: path.join(folder.root, folder.spelling(name) ?? name),
    exists: folder.isFile(name),
    from,
    ...(loaded && { program: loaded }),
  };
}

/** The program that is most likely the app's, or that its build will create. */
function guessed(folder: AppFolder, manifest: Manifest): Entry[] {
  const { likely, coming } = guessEntries(folder, manifest);
  // iisnode alone cannot run a framework's command: it needs arguments.
  const [first] = likely.filter(({ name }) => !name.includes('node_modules/'));
  if (first) return [entry(folder, first.name, first.from)];
  return coming === undefined ? [] : [entry(folder, coming, 'package.json')];
}

/** The programs that a site runs, or would run if its web.config were right. */
export function readEntries(folder: AppFolder, site: Served, manifest: Manifest): Entry[] {
  const targets = rewriteNames(site, folder);
  const handled = site.iisnodeHandlers.flatMap((handler) => literalNames(handler.path));
  const entries = new Map<string, Entry>();
  for (const name of handled) {
    // A handler's path without a slash matches the name in every folder, so a rule may rewrite to a deeper one.
    const deeper = targets.some((target) => target !== name && folder.isFile(target) && target.endsWith(`/${name}`));
    if (!deeper || folder.isFile(name)) entries.set(name.toLowerCase(), entry(folder, name, 'handler'));
  }
  for (const name of targets) {
    if (!entries.has(name.toLowerCase())) entries.set(name.toLowerCase(), entry(folder, name, 'rewrite'));
  }
  // Without a handler of iisnode, a rule that rewrites to a script starts none.
  const isOfPlatform = entries.size === 0 || site.iisnodeHandlers.length === 0;
  const started = site.platform && isOfPlatform ? platformScript(site.platform, folder) : undefined;
  if (started !== undefined) return [entry(folder, started, 'platform')];
  const found = [...entries.values()];
  return found.some(({ exists }) => exists) ? found : [...found, ...guessed(folder, manifest)];
}
