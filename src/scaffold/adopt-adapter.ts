import path from 'node:path';
import { UserError } from '../errors.js';
import { isAdapterPackage } from '../source/index.js';
import { adapters, noAdapter } from './adapters.js';
import { isFile } from './entry-point.js';
import type { KnownSettings } from './known-settings.js';
import type { CheckedOptions } from './options.js';
import type { AppPackage } from './package-json.js';
import { templates } from './templates.js';
import { readTextFile } from './text-file.js';
import type { Judgement } from './types.js';

/**
 * An adapter is code, and so asked for only where it already is.
 *
 * @param route Where plain WebSockets come in; undefined: the app speaks socket.io.
 * Throws UserError ADAPTER_NOT_ADOPTED (usage).
 */
export function checkAdoptedAdapter(options: CheckedOptions, manifest: AppPackage, route: string | undefined): void {
  const { directory, adapter } = options;
  if (adapter === undefined || adapter.name === noAdapter) return;
  const missing = Object.keys(adapter.dependencies).filter((name) => !manifest.dependencies.includes(name));
  if (missing.length === 0) return;
  throw new UserError('ADAPTER_NOT_ADOPTED', {
    what: `the app in ${directory} has no ${adapter.name} adapter: ${missing.join(' and ')} not among its dependencies`,
    why:
      route === undefined
        ? 'Adopting changes web.config; an adapter is a line of server code.'
        : 'It speaks plain WebSockets, not socket.io.',
    next: route === undefined ? waysTo(adapter.name, missing, directory, manifest) : 'leave --adapter out',
  });
}

/** An app that init made attaches whatever its module for the adapter exports: another one of those will do. */
function waysTo(name: string, missing: readonly string[], directory: string, { main }: AppPackage): string {
  const file = adapterModule(directory);
  const template = templates().find((each) => each.entry === main && each.adapters?.includes(name));
  const language = isTypeScript(directory) ? ' --typescript' : '';
  const how =
    template && attaches(directory)
      ? `put ${file} of a new app (init NAME --template ${template.name} --adapter ${name}${language} --no-install) in place of its own`
      : `attach it as ${file} of a new app does (init NAME --adapter ${name}${language})`;
  return `npm install ${missing.join(' ')}, and ${how}; then run init again`;
}

const isTypeScript = (directory: string): boolean => isFile(directory, 'tsconfig.json');

/** The module of a new app, in the language of this one; in an app that has none in lib, the place where it used to be. */
function adapterModule(directory: string): string {
  const [now, before] = isTypeScript(directory)
    ? (['src/lib/adapter.ts', 'src/adapter.ts'] as const)
    : (['lib/adapter.js', 'adapter.js'] as const);
  return !isFile(directory, now) && isFile(directory, before) ? before : now;
}

const attaches = (directory: string): boolean =>
  /\battachAdapter\b/.test(readTextFile(path.join(directory, adapterModule(directory)))?.text ?? '');

/** `--adapter none` for an app that has one. */
export function notesOnKeptAdapter(
  { adapter, directory }: CheckedOptions,
  { dependencies }: AppPackage,
  { settings = [] }: KnownSettings,
  { adapter: { places } }: Judgement,
): string[] {
  if (adapter?.name !== noAdapter) return [];
  const theirs = dependencies.filter(isAdapterPackage);
  if (theirs.length === 0 && places.length === 0) return [];
  const known = adapters().find((each) => theirs.some((name) => name in each.dependencies));
  const packages = known ? Object.keys(known.dependencies).filter((name) => dependencies.includes(name)) : theirs;
  const names = Object.keys(known?.settings ?? {}).filter((name) => settings.includes(name.toLowerCase()));
  const lines = places.map(({ file, line }) => `${path.relative(directory, file).split(path.sep).join('/')}:${line}`);
  const kept = [
    ...(attaches(directory) ? [adapterModule(directory)] : new Set(lines)),
    ...(packages.length > 0 ? [`${packages.join(' and ')} in package.json`] : []),
    ...(names.length > 0 ? [`${names.join(' and ')} in web.config`] : []),
  ];
  return [`the adapter stays, as adopting changes no code: ${kept.join(', ')}`];
}
