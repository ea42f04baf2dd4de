import path from 'node:path';
import { requireServableFolder } from '../config/index.js';
import { UserError } from '../errors.js';
import { didYouMean, nearestName } from '../nearest-name.js';
import { type StaticFolder, vdirPathOf } from '../webconfig/index.js';
import { adapterNamed } from './adapters.js';
import { staticFolderOf } from './static-folders.js';
import { templateNamed } from './templates.js';
import type { Adapter, InitOptions, Template } from './types.js';

export type Transport = 'websocket' | 'polling';

const loaderOptions = ['auto', 'always', 'never'] as const;
export type LoaderOption = (typeof loaderOptions)[number];

const moduleOptions = ['iisnode', 'httpplatform'] as const;
/** What runs node in IIS. */
export type ModuleOption = (typeof moduleOptions)[number];

/** Validated options; missing ones stay undefined. */
export interface CheckedOptions {
  /** Absolute. */
  readonly directory: string;
  readonly isFolderOpen: boolean;
  readonly template: Template | undefined;
  readonly vdirPath: string | undefined;
  readonly entry: string | undefined;
  readonly loader: LoaderOption;
  readonly module: ModuleOption | undefined;
  readonly replaceHandler: boolean;
  readonly processes: number | undefined;
  readonly transports: readonly Transport[] | undefined;
  readonly staticFolders: readonly StaticFolder[];
  readonly typescript: boolean | undefined;
  readonly adapter: Adapter | undefined;
  readonly allowEio3: boolean;
  readonly ci: 'github' | undefined;
  readonly to: readonly string[] | undefined;
  readonly install: boolean;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal | undefined;
}

/** Checks every value that can be checked without the disk. Throws UserError (usage), one code for each option. */
export function checkOptions(options: InitOptions): CheckedOptions {
  const directory = path.resolve(options.directory);
  requireServableFolder(directory);
  return {
    directory,
    isFolderOpen: options.isFolderOpen ?? false,
    template: options.template === undefined ? undefined : templateNamed(options.template),
    vdirPath: options.path === undefined ? undefined : vdirPathOf(options.path),
    entry: options.entry,
    loader: checkLoader(options.loader ?? 'auto'),
    module: options.module === undefined ? undefined : checkModule(options.module),
    replaceHandler: options.replaceHandler ?? false,
    processes: options.processes === undefined ? undefined : checkProcesses(options.processes),
    transports: options.transports === undefined ? undefined : checkTransports(options.transports),
    staticFolders: (options.static ?? []).map(staticFolderOf),
    typescript: options.typescript,
    adapter: options.adapter === undefined ? undefined : adapterNamed(options.adapter),
    allowEio3: options.allowEio3 ?? false,
    ci: checkCi(options),
    to: options.to,
    install: options.install ?? true,
    force: options.force ?? false,
    dryRun: options.dryRun ?? false,
    environment: options.environment ?? process.env,
    signal: options.signal,
  };
}

function checkCi({ ci, to }: InitOptions): 'github' | undefined {
  if (ci === 'github') return ci;
  if (ci === undefined && to === undefined) return undefined;
  throw new UserError('CI_INVALID', {
    what: ci === undefined ? '--to needs --ci' : `"${ci}" is not a value of --ci`,
    why:
      ci === undefined
        ? 'init deploys nothing: --to says where the workflow of --ci deploys to.'
        : `${didYouMean(ci, ['github'])}init writes workflows for GitHub Actions.`,
    next: '--ci github',
    again: { with: ['--ci', 'github'] },
  });
}

function checkLoader(wish: string): LoaderOption {
  const found = loaderOptions.find((each) => each === wish);
  if (found !== undefined) return found;
  throw new UserError('LOADER_INVALID', {
    what: `"${wish}" is not a value of --loader`,
    why: `${didYouMean(wish, loaderOptions)}It is one of ${loaderOptions.join(', ')}: whether iisnode starts the app by iisnode-entry.cjs, which lets it run unchanged.`,
    next: `--loader ${nearestName(wish, loaderOptions) ?? 'auto (the default), or omit it'}`,
    again: { with: ['--loader', nearestName(wish, loaderOptions) ?? 'auto'] },
  });
}

function checkModule(wish: string): ModuleOption {
  const found = moduleOptions.find((each) => each === wish.toLowerCase());
  if (found !== undefined) return found;
  throw new UserError('MODULE_INVALID', {
    what: `"${wish}" is not a value of --module`,
    why: `${didYouMean(wish, moduleOptions)}It is one of ${moduleOptions.join(', ')}: the module of IIS that starts node.`,
    next: `--module ${nearestName(wish, moduleOptions) ?? 'iisnode (the default), or omit it'}`,
    again: { with: ['--module', nearestName(wish, moduleOptions) ?? 'iisnode'] },
  });
}

function checkProcesses(processes: number): number {
  if (Number.isSafeInteger(processes) && processes >= 1 && processes <= 4_294_967_295) return processes;
  throw new UserError('PROCESSES_INVALID', {
    what: `${processes} is not a valid number of node processes`,
    why: "nodeProcessCountPerApplication is the number of node processes that share the app's requests: 1 or more.",
    next: '--processes 1',
    again: { with: ['--processes', '1'] },
  });
}

function checkTransports(names: readonly string[]): readonly Transport[] {
  const known: readonly Transport[] = ['websocket', 'polling'];
  const found = known.filter((name) => names.includes(name));
  const strange = names.find((name) => !known.some((each) => each === name));
  if (strange === undefined && found.length > 0 && found.length === names.length) {
    return names.flatMap((name) => known.filter((each) => each === name));
  }
  throw new UserError('TRANSPORTS_INVALID', {
    what:
      strange === undefined ? `"${names.join(',')}" is not a list of transports` : `there is no transport "${strange}"`,
    why: `${strange === undefined ? '' : didYouMean(strange, known)}With iisnode socket.io has two: websocket and polling; each may be named once.`,
    next: '--transports websocket, or --transports websocket,polling',
    again: { with: ['--transports', known.join(',')] },
  });
}

/** Is the kind of a new app open? Who names the template or the path has said what it is to be. */
export const isKindOpen = ({ template, vdirPath }: CheckedOptions): boolean =>
  template === undefined && vdirPath === undefined;
