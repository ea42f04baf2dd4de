import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { fileLimits, isBelow, readIfThereSync } from '../files/index.js';
import { type IgnoreRules, readIgnoreRules } from '../pack/index.js';
import { readWrittenPlaces } from '../source/index.js';
import type { DeployPlan } from './plan.js';

/** Code that node runs, as wildcards of Windows. */
export const codeFiles: readonly string[] = [
  '*.js',
  '*.cjs',
  '*.mjs',
  '*.jsx',
  '*.ts',
  '*.cts',
  '*.mts',
  '*.tsx',
  '*.node',
  '*.wasm',
];

/** What code reads when it starts, and keeps: settings, schemas, templates, keys, and what npm and its like have written. */
export const settingFiles: readonly string[] = [
  '*.json',
  '*.json5',
  '*.jsonc',
  '*.yaml',
  '*.yml',
  '*.toml',
  '*.ini',
  '*.conf',
  '*.properties',
  '*.xml',
  '*.env',
  '.env.*',
  'yarn*.lock',
  'bun*.lock',
  '*.pem',
  '*.key',
  '*.crt',
  '*.cer',
  '*.pfx',
  '*.graphql',
  '*.gql',
  '*.proto',
  '*.sql',
  '*.html',
  '*.htm',
  '*.ejs',
  '*.pug',
  '*.hbs',
  '*.handlebars',
  '*.mustache',
  '*.njk',
  '*.liquid',
  '*.eta',
];

/** Folders in which an app keeps what it writes itself, or that do not run: what is no code does not count there. */
const dataFolders = ['uploads/', 'upload/', 'tmp/', 'temp/', 'cache/', 'sessions/'];
const otherFolders = ['test/', 'tests/', 'e2e/', 'coverage/', 'node_modules/.cache/'];
const deepest = 32;

/** Which app: its folder, and what its web.config says of it. */
export type LoadingApp = Pick<DeployPlan, 'directory' | 'logDirectory'> & Partial<Pick<DeployPlan, 'entry'>>;

/** A file that node may have loaded, without those of packages. */
export interface LoadedFile {
  /** Relative to the app's folder, forward slashes. */
  readonly name: string;
  readonly file: string;
}

/** What an app's processes have loaded when they have started. */
export interface Loaded {
  /** Sorted by name. */
  readonly files: readonly LoadedFile[];
  /**
   * Files, and folders with a slash at the end, whose settings do not count, relative to the app's folder: where the module writes its
   * logs, what the app's own sources write, and folders for such things.
   */
  readonly apart: readonly string[];
}

/**
 * The one answer to "which files of an app matter to its processes": all code that runs on the server (.deployignore counts), and settings
 * but those that the app writes itself. iisnode starts node again for changed scripts beside the entry point alone.
 */
export function loadedFiles(app: LoadingApp): Loaded {
  const all = new Walk(app.directory).files();
  const isCode = matcherOf(codeFiles);
  const apart = apartOf(
    app,
    all.filter(({ name }) => isCode(name)),
  );
  const isSetting = matcherOf(settingFiles);
  const counts = ({ name }: LoadedFile): boolean => isCode(name) || (isSetting(name) && !isApart(apart, name));
  return { files: all.filter(counts), apart };
}

/** Sources that a bundler has not written are smaller than this. */
const readCode = ({ file }: LoadedFile): string => {
  try {
    return readIfThereSync(file, fileLimits.source)?.toString('utf8') ?? '';
  } catch {
    return '';
  }
};

function apartOf({ directory, logDirectory, entry = '' }: LoadingApp, code: readonly LoadedFile[]): string[] {
  const cwd = path.posix.dirname(entry);
  const written = code
    .filter(({ name }) => !name.endsWith('.node') && !name.endsWith('.wasm'))
    .flatMap((one) => readWrittenPlaces({ file: one.file, text: readCode(one) }, one.name, cwd));
  const isOfApp = logDirectory !== undefined && isBelow(directory, logDirectory) && logDirectory !== directory;
  const logs = isOfApp ? [`${path.relative(directory, logDirectory).replaceAll(path.sep, '/')}/`] : [];
  const hidden = entriesOf(directory)
    .filter((one) => one.isDirectory() && one.name.startsWith('.'))
    .map(({ name }) => `${name}/`);
  return [...new Set(['iisnode/', ...logs, ...dataFolders, ...otherFolders, ...hidden, ...written])].sort();
}

/** On Windows names are compared ignoring case. */
function isApart(apart: readonly string[], name: string): boolean {
  const lower = name.toLowerCase();
  // A framework keeps pages and data that its server writes in such a folder, beside code.
  if (/(?:^|\/)\.[^/]+\//.test(name)) return true;
  return apart.some((one) => (one.endsWith('/') ? lower.startsWith(one.toLowerCase()) : lower === one.toLowerCase()));
}

function matcherOf(wildcards: readonly string[]): (name: string) => boolean {
  const all = wildcards.map((one) => one.replaceAll('.', '\\.').replaceAll('*', '.*'));
  const pattern = new RegExp(`^(?:${all.join('|')})$`, 'i');
  return (name) => pattern.test(path.posix.basename(name));
}

/** Sorted by name, so that the order on the disk does not matter. */
export function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return []; // it is not there, or closed: node cannot load it either
  }
}

class Walk {
  readonly #root: string;
  readonly #rules: Pick<IgnoreRules, 'ofApp'>;
  readonly #found: LoadedFile[] = [];

  constructor(root: string) {
    this.#root = root;
    this.#rules = rulesOf(root);
  }

  files(): readonly LoadedFile[] {
    this.#folder('', []);
    return this.#found;
  }

  #folder(folder: string, above: readonly string[]): void {
    const own = realOf(path.join(this.#root, folder));
    // A link to a folder above it.
    if (own === undefined || above.includes(own) || above.length > deepest) return;
    for (const entry of entriesOf(path.join(this.#root, folder))) {
      if (entry.name === 'node_modules') continue;
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      const file = path.join(this.#root, name);
      const kind = entry.isSymbolicLink() ? targetOf(file) : entry;
      const isFolder = kind?.isDirectory() === true;
      if (kind === undefined || this.#rules.ofApp(name, isFolder)) continue;
      if (isFolder) this.#folder(name, [...above, own]);
      else if (kind.isFile()) this.#found.push({ name, file });
    }
  }
}

/** undefined: it leads to nothing. */
const targetOf = (link: string): Stats | undefined => {
  try {
    return statSync(link);
  } catch {
    return undefined;
  }
};

const realOf = (folder: string): string | undefined => {
  try {
    return realpathSync.native(folder);
  } catch {
    return undefined;
  }
};

/** Where .deployignore cannot be read, all counts. */
function rulesOf(root: string): Pick<IgnoreRules, 'ofApp'> {
  try {
    return readIgnoreRules(root);
  } catch {
    return { ofApp: () => false };
  }
}
