import type { Variant } from './app-files.js';
import { pinned } from './package-root.js';

type Versions = Readonly<Record<string, string>>;

interface Manifest {
  readonly name: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Versions;
  readonly devDependencies?: Versions;
}

/** A TypeScript app is built before every script that runs it: the compiler creates its entry point. */
const buildScripts = { build: 'tsc', prestart: 'npm run build', pretest: 'npm run build' };

/** The packages for compiling it. */
const compiler = { '@types/node': '^20.0.0', typescript: '^7.0.0' };

/** Sets the package's name, adds what the variant needs, and pins each dependency to the version that this package itself uses. */
export function renderPackage(
  text: string,
  { name, typescript, adapter }: Variant & { readonly name: string },
): string {
  const manifest = JSON.parse(text) as Manifest;
  const dependencies = { ...manifest.dependencies, ...adapter.dependencies };
  const devDependencies = { ...manifest.devDependencies, ...(typescript ? compiler : {}) };
  const scripts = { ...(typescript ? buildScripts : {}), ...manifest.scripts };
  const rendered = {
    ...manifest,
    name,
    ...(manifest.scripts || typescript ? { scripts } : {}),
    dependencies: versions(dependencies),
    ...(Object.keys(devDependencies).length > 0 ? { devDependencies: versions(devDependencies) } : {}),
  };
  return `${JSON.stringify(rendered, undefined, 2)}\n`;
}

const versions = (ranges: Versions): Versions =>
  Object.fromEntries(
    Object.entries(ranges)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([dependency, range]) => [dependency, pinned(dependency) ?? range]),
  );

interface Lock {
  readonly name: string;
  readonly packages: Readonly<Record<string, Partial<Manifest>>>;
}

/** The lock file of the same package; its versions were tested together, and npm need not resolve anything. */
export function renderLock(text: string, name: string): string {
  const lock = JSON.parse(text) as Lock;
  const packages = { ...lock.packages, '': { ...lock.packages[''], name } };
  return `${JSON.stringify({ ...lock, name, packages }, undefined, 2)}\n`;
}
