import path from 'node:path';
import { type AppFolder, startedScript } from '../../source/index.js';
import { literalNames, normalName } from './handler-names.js';
import { relativeToApp } from './journey.js';
import type { PackageFacts } from './package.js';
import type { SiteFacts } from './site.js';

/** A program node would run. */
export interface Entry {
  /** As a handler or a rule writes it, forward slashes: 'server.js', 'bin/www'. */
  readonly name: string;
  /** Absolute path. */
  readonly file: string;
  readonly exists: boolean;
  readonly from: 'handler' | 'rewrite' | 'package.json' | 'name';
}

/** Entry points people use, most telling first. */
const usualNames = [
  'server.js',
  'server-socketio.js',
  'app.js',
  'index.js',
  'main.js',
  'server.cjs',
  'server.mjs',
  'src/server.js',
  'src/index.js',
  'bin/www',
];
const program = /\.(c|m)?js$/i;

/** The file of the app a rule's action names, when its URL holds no back-reference or variable. */
export function literalTarget(url: string, vdirPath: string): string | undefined {
  if (/[{}]/.test(url) || /^[a-z][a-z\d+.-]*:/i.test(url)) return undefined;
  const target = url.replace(/[?#].*$/, '');
  if (!target.startsWith('/')) return normalName(target);
  const relative = relativeToApp(target, vdirPath);
  return relative === undefined ? undefined : normalName(relative);
}

/** Programs that rules rewrite to. */
function rewriteNames(site: SiteFacts, folder: AppFolder): string[] {
  const names: string[] = [];
  for (const { action, enabled } of site.rewrite?.rules ?? []) {
    if (!enabled || action.type !== 'Rewrite') continue;
    const name = literalTarget(action.url, site.vdirPath);
    if (!name) continue;
    const isExtensionless = !path.posix.extname(name) && folder.isFile(name);
    if (program.test(name) || isExtensionless) names.push(name);
  }
  return names;
}

/** The program that scripts.start starts. */
function startScript(packageFacts: PackageFacts): string | undefined {
  const found = startedScript(packageFacts.scripts.start ?? '');
  return found === undefined ? undefined : normalName(found);
}

function guessed(folder: AppFolder, packageFacts: PackageFacts): Entry[] {
  const candidates: [string | undefined, Entry['from']][] = [
    [startScript(packageFacts), 'package.json'],
    [packageFacts.main && normalName(packageFacts.main), 'package.json'],
    ...usualNames.map((name): [string, Entry['from']] => [name, 'name']),
  ];
  for (const [name, from] of candidates) {
    const spelling = name && (folder.spelling(name) ?? folder.spelling(`${name}.js`));
    if (spelling) return [entry(folder, spelling, from)];
  }
  return [];
}

function entry(folder: AppFolder, name: string, from: Entry['from']): Entry {
  return { name, file: path.join(folder.root, folder.spelling(name) ?? name), exists: folder.isFile(name), from };
}

/** The programs this site runs, or would run if its web.config were right. */
export function readEntries(folder: AppFolder, site: SiteFacts | undefined, packageFacts: PackageFacts): Entry[] {
  const targets = site ? rewriteNames(site, folder) : [];
  const handled = (site?.iisnodeHandlers ?? []).flatMap((handler) => literalNames(handler.path));
  const entries = new Map<string, Entry>();
  for (const name of handled) {
    // A handler's path without a slash takes the name in every folder, so a rule may point it deeper.
    const deeper = targets.some((target) => target !== name && folder.isFile(target) && target.endsWith(`/${name}`));
    if (!deeper || folder.isFile(name)) entries.set(name.toLowerCase(), entry(folder, name, 'handler'));
  }
  for (const name of targets) {
    if (!entries.has(name.toLowerCase())) entries.set(name.toLowerCase(), entry(folder, name, 'rewrite'));
  }
  const found = [...entries.values()];
  return found.some(({ exists }) => exists) ? found : [...found, ...guessed(folder, packageFacts)];
}
