import path from 'node:path';
import { type App, managerCommand, packageManagerOf } from '../app/index.js';
import { UserError } from '../errors.js';
import { isAdapterPackage } from '../source/index.js';
import { adapters, noAdapter } from './adapters.js';
import type { KnownSettings } from './known-settings.js';
import type { CheckedOptions } from './options.js';
import { templates } from './templates.js';
import type { PlannedAppCheck } from './types.js';

/**
 * Adopting changes no code, so an adapter may be requested only if the code already has it.
 *
 * @param route The URL of plain WebSockets; undefined: the app uses socket.io.
 * Throws UserError ADAPTER_NOT_ADOPTED (usage).
 */
export function checkAdoptedAdapter(options: CheckedOptions, app: App, route: string | undefined): void {
  const { directory, adapter } = options;
  if (adapter === undefined || adapter.name === noAdapter) return;
  const missing = Object.keys(adapter.dependencies).filter((name) => !(name in app.manifest.dependencies));
  if (missing.length === 0) return;
  throw new UserError('ADAPTER_NOT_ADOPTED', {
    what: `the app in ${directory} has no ${adapter.name} adapter: ${missing.join(' and ')} not among its dependencies`,
    why:
      route === undefined
        ? 'Adopting changes web.config; an adapter is a line of server code.'
        : 'It speaks plain WebSockets, not socket.io.',
    next: route === undefined ? installAdvice(adapter.name, missing, app) : 'omit --adapter',
  });
}

/** An app that init created attaches what its adapter module exports, so that module can be replaced by another. */
function installAdvice(name: string, missing: readonly string[], app: App): string {
  const { main } = app.manifest;
  const file = adapterModule(app);
  const template = templates().find((each) => each.entry === main && each.adapters?.includes(name));
  const language = isTypeScript(app) ? ' --typescript' : '';
  const how =
    template && attaches(app)
      ? `replace ${file} by the one of a new app (init NAME --template ${template.name} --adapter ${name}${language} --no-install)`
      : `attach it as in ${file} of a new app (init NAME --adapter ${name}${language})`;
  const add = managerCommand(packageManagerOf(app.directory).name, `add ${missing.join(' ')}`);
  return `${add}, and ${how}; then run init again`;
}

const isTypeScript = ({ folder }: App): boolean => folder.isFile('tsconfig.json');

/** The adapter module of a new app, in the language of this app; if the app has none in lib, its former place. */
function adapterModule(app: App): string {
  const [now, before] = isTypeScript(app)
    ? (['src/lib/adapter.ts', 'src/adapter.ts'] as const)
    : (['lib/adapter.js', 'adapter.js'] as const);
  return !app.folder.isFile(now) && app.folder.isFile(before) ? before : now;
}

const attaches = (app: App): boolean => /\battachAdapter\b/.test(app.folder.read(adapterModule(app)) ?? '');

/** `--adapter none` for an app that has one. */
export function notesOnKeptAdapter(
  { adapter, directory }: CheckedOptions,
  app: App,
  { settings = [] }: KnownSettings,
  { adapter: { places } }: PlannedAppCheck,
): string[] {
  if (adapter?.name !== noAdapter) return [];
  const dependencies = Object.keys(app.manifest.dependencies);
  const theirs = dependencies.filter(isAdapterPackage);
  if (theirs.length === 0 && places.length === 0) return [];
  const known = adapters().find((each) => theirs.some((name) => name in each.dependencies));
  const packages = known ? Object.keys(known.dependencies).filter((name) => dependencies.includes(name)) : theirs;
  const names = Object.keys(known?.settings ?? {}).filter((name) => settings.includes(name.toLowerCase()));
  const lines = places.map(({ file, line }) => `${path.relative(directory, file).split(path.sep).join('/')}:${line}`);
  const kept = [
    ...(attaches(app) ? [adapterModule(app)] : new Set(lines)),
    ...(packages.length > 0 ? [`${packages.join(' and ')} in package.json`] : []),
    ...(names.length > 0 ? [`${names.join(' and ')} in web.config`] : []),
  ];
  return [`the adapter stays, because adopting does not change code: ${kept.join(', ')}`];
}
