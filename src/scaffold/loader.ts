import path from 'node:path';
import { fileLimits, readFileSync } from '../files/index.js';
import { loaderName, loaderVdirName } from '../source/index.js';
import { packageRoot } from './package-root.js';

export { loaderName, loaderVdirName };

/** What init writes into the loader; docs/loader.md explains each. Paths are relative to the loader's folder. */
export interface LoaderSettings {
  readonly entry: string;
  readonly args: readonly string[];
  readonly root: string;
  readonly vdirPath: string;
  readonly stripVdirPath: boolean;
  readonly rewritePages: boolean;
  readonly port: number | null;
  readonly env: Readonly<Record<string, string>>;
  readonly envFiles: readonly string[];
  readonly requires: readonly string[];
  readonly imports: readonly string[];
  readonly clusterWorker: boolean;
  readonly enableXFF: boolean;
  readonly watchedFiles: string;
  /** ms */
  readonly gracefulShutdownTimeout: number;
  /** s */
  readonly listenTimeout: number;
}

/**
 * The files of the loader with these settings, name -> text: the loader, and if `vdirPath` is not '/' its second file. Other
 * settings stay as in the template. Throws Error for a setting that the loader does not have.
 */
export function loaderFiles(settings: Partial<LoaderSettings>): ReadonlyMap<string, string> {
  let text = template(loaderName);
  for (const [name, value] of Object.entries(settings)) {
    const line = new RegExp(`^ {2}${name}: .*?,(?= //)`, 'm');
    if (!line.test(text)) throw new Error(`the loader has no setting ${name}`);
    text = text.replace(line, () => `  ${name}: ${literal(value)},`);
  }
  const files = new Map([[loaderName, text]]);
  if ((settings.vdirPath ?? '/') !== '/') files.set(loaderVdirName, template(loaderVdirName));
  return files;
}

function template(name: string): string {
  return readFileSync(path.join(packageRoot(), 'templates', 'loader', name), fileLimits.source).toString();
}

/** JSON is JavaScript; only the quotes are changed to those of the file. */
function literal(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  return /['\\\n\r\u2028\u2029]/.test(value) ? JSON.stringify(value) : `'${value}'`;
}
