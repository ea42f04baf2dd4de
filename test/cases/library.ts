import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** expected.json of a case. README.md says how to write one. */
export interface Expected {
  /** One sentence: what is true of this app. */
  readonly what: string;
  /** Where such a case was seen: a row of the list of symptoms, a thread, a question page. */
  readonly source: string;
  /** Codes that must be found, the first of them as the first finding. */
  readonly must?: readonly string[];
  /** Further errors and warnings that are right as well, but not the point of the case. */
  readonly may?: readonly string[];
  /** Notes that must not be there; errors and warnings that are not listed never are. */
  readonly mustNot?: readonly string[];
  /** Folders of `base`, one above the other, whose files lie below the case's own. */
  readonly extends?: readonly string[];
  /** What is installed besides the dependencies of package.json, with versions; null: package.json names it, and it is not installed. */
  readonly packages?: Readonly<Record<string, string | null>>;
  /** `false`: nothing is installed. */
  readonly installed?: boolean;
  /** The vdir path as the option says it; by default / where web.config does not say it. */
  readonly path?: string;
  readonly machines?: number;
  /** The folder that is the app, where the case is a whole site: the option --site-root then names the case. */
  readonly app?: string;
  /** A port that its files name; a free one takes its place when it runs. */
  readonly port?: number;
  /** The script that listens on that port, as a service beside IIS: the trial does not start it. */
  readonly beside?: string;
  /** What is seen when the app runs. */
  readonly tried?: readonly string[];
  /** Why it is not run: what a trial does not have. */
  readonly notTried?: string;
}

export interface Case {
  readonly name: string;
  readonly folder: string;
  readonly expected: Expected;
}

const here = import.meta.dirname;
const modules = path.join(here, '..', '..', 'node_modules');

function casesIn(kind: 'broken' | 'healthy'): readonly Case[] {
  const all = path.join(here, kind);
  return readdirSync(all)
    .sort()
    .map((name) => {
      const folder = path.join(all, name);
      const expected = JSON.parse(readFileSync(path.join(folder, 'expected.json'), 'utf8')) as Expected;
      return { name, folder, expected };
    });
}

export const broken = casesIn('broken');
export const healthy = casesIn('healthy');

/** Which packages of this project are another major version under a name of their own. */
const majors: Readonly<Record<string, readonly string[]>> = {
  express: ['express', 'express-4'],
  'socket.io': ['socket.io', 'socket.io-2', 'socket.io-3'],
  'socket.io-client': ['socket.io-client', 'socket.io-client-2', 'socket.io-client-3'],
};

const majorOf = (version: string): string => /\d+/.exec(version)?.[0] ?? '';

/** The folder of an installed package of this project with the same major version. */
function realPackage(name: string, version: string): string | undefined {
  return (majors[name] ?? [name])
    .map((folder) => path.join(modules, folder))
    .find((folder) => {
      const file = path.join(folder, 'package.json');
      if (!existsSync(file)) return false;
      return majorOf((JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version) === majorOf(version);
    });
}

/** What npm would install: the lowest version of each range. */
function packagesOf(directory: string, { packages = {}, installed = true }: Expected): Map<string, string> {
  const found = new Map<string, string>();
  if (!installed) return found;
  for (const [name, range] of Object.entries(declaredIn(directory))) {
    found.set(name, /\d+(?:\.\d+)*(?:-[\w.]+)?/.exec(range)?.[0] ?? '1.0.0');
  }
  for (const [name, version] of Object.entries(packages)) {
    if (version === null) found.delete(name);
    else found.set(name, version);
  }
  return found;
}

function declaredIn(directory: string): Readonly<Record<string, string>> {
  type Names = Readonly<Record<string, string>>;
  try {
    const text = readFileSync(path.join(directory, 'package.json'), 'utf8').replace(/^\uFEFF/, '');
    const { dependencies = {}, devDependencies = {} } = JSON.parse(text) as Record<string, Names | undefined>;
    return { ...devDependencies, ...dependencies };
  } catch {
    return {}; // a case of a broken package.json, or of none
  }
}

/** With three numbers, as package.json of a package has them. */
const whole = (version: string): string => [...version.split('.'), '0', '0'].slice(0, 3).join('.');

function install(directory: string, name: string, version: string, isReal: boolean): void {
  const target = path.join(directory, 'node_modules', name);
  if (existsSync(target)) return; // the case's own
  const real = isReal ? realPackage(name, version) : undefined;
  mkdirSync(path.dirname(target), { recursive: true });
  if (real !== undefined) {
    symlinkSync(real, target, 'junction');
    return;
  }
  const standIn = path.join(here, 'packages', name);
  if (existsSync(standIn)) cpSync(standIn, target, { recursive: true });
  else mkdirSync(target);
  writeFileSync(path.join(target, 'package.json'), JSON.stringify({ name, version: whole(version) }));
}

/**
 * Writes the files of a case as its user would have them.
 *
 * @param parent A folder in which the case becomes one with its name.
 * @param isReal Link packages of this project where it has the version, so that the app runs; by default they have a package.json alone.
 * @returns The app's folder.
 */
export function writeCase({ name, folder, expected }: Case, parent: string, isReal = false): string {
  const directory = path.join(parent, name);
  for (const base of expected.extends ?? []) cpSync(path.join(here, 'base', base), directory, { recursive: true });
  cpSync(folder, directory, { recursive: true, filter: (file) => path.basename(file) !== 'expected.json' });
  const app = path.join(directory, expected.app ?? '.');
  for (const [each, version] of packagesOf(app, expected)) install(app, each, version, isReal);
  return app;
}

/** The option --path that a case is examined with; undefined where its web.config says it. */
export function pathOf(directory: string, { path: asked }: Expected): string | undefined {
  if (asked !== undefined) return asked === '' ? undefined : asked;
  const file = readdirSync(directory).find((each) => each.toLowerCase() === 'web.config');
  const text = file === undefined ? '' : readFileSync(path.join(directory, file), 'utf8');
  return /virtualDirPath/i.test(text) ? undefined : '/';
}
