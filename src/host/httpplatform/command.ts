import { statSync } from 'node:fs';
import path from 'node:path';
import type { HttpPlatformSettings } from '../../pipeline/sections/index.js';
import { findExecutable, splitCommandLine } from '../backend/command-line.js';
import { notStarted, StartFailed } from '../backend/start-failed.js';

/** Where node's installer puts it on every server: that it is elsewhere here is no surprise. */
const usualProgram = /^[a-z]:\\Program Files\\nodejs\\node\.exe$/i;

/** What is started. */
export interface PlatformCommand {
  readonly file: string;
  readonly words: readonly string[];
  /** What people call it: the first argument that is a file of the application, else the program. A physical path. */
  readonly script: string;
  /** Another program than configured runs here, and why. */
  readonly note?: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** `%HTTP_PLATFORM_PORT%` is no variable of the worker process: the module replaces the text (httpplatformhandler.md 3). */
export const withPort = (text: string, port: number): string =>
  text.replace(/%HTTP_PLATFORM_PORT%/gi, () => String(port));

/**
 * The command line `"<processPath>" <arguments>`. Throws StartFailed for a program that is not there.
 *
 * @param folder Physical path of the application; relative paths are relative to it.
 */
export function platformCommand(
  settings: Pick<HttpPlatformSettings, 'processPath' | 'arguments'>,
  { port, folder, environment }: { readonly port: number; readonly folder: string; readonly environment: Environment },
): PlatformCommand {
  const named = withPort(settings.processPath, port).replaceAll('"', '');
  const found = findExecutable(programIn(folder, named), environment);
  if ('code' in found) throw new StartFailed(found.code, `processPath names ${named}, which ${notStarted(found.code)}`);
  const words = splitCommandLine(`x ${withPort(settings.arguments, port)}`)
    .slice(1)
    .map((word) => asHere(word, folder));
  const script = words.map((word) => path.resolve(folder, word)).find(isFile) ?? found.file;
  return { file: found.file, words, script, note: usualProgram.test(named) ? undefined : found.note };
}

/** A file of the application's folder, else what the system finds (HttpPlatformHandler v2, serverprocess.cpp). */
function programIn(folder: string, named: string): string {
  if (/[:%]/.test(named)) return named;
  const file = path.resolve(folder, named.replaceAll('\\', path.sep));
  return isFile(file) ? file : named;
}

/** `.\server.js` is a file elsewhere too: arguments with backslashes that name one get slashes. */
function asHere(word: string, folder: string): string {
  if (path.sep === '\\' || !word.includes('\\')) return word;
  const slashed = word.replaceAll('\\', '/');
  return isFile(path.resolve(folder, slashed)) ? slashed : word;
}

function isFile(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
