import path from 'node:path';
import { UserError } from '../errors.js';
import { findJsonFault, placeAt } from '../source/index.js';
import { readTextFile } from './text-file.js';

/** What init reads in an app's package.json. */
export interface AppPackage {
  readonly main: string | undefined;
  readonly start: string | undefined;
  readonly build: string | undefined;
  readonly isModule: boolean;
  readonly dependencies: readonly string[];
}

/** The names of its scripts, as far as init knows them. */
export const scriptNames = ({ build }: AppPackage): readonly string[] => (build === undefined ? [] : ['build']);

/** Undefined when there is no package.json. Throws UserError PACKAGE_JSON_INVALID (usage). */
export function readAppPackage(directory: string): AppPackage | undefined {
  const file = path.join(directory, 'package.json');
  const text = readTextFile(file)?.text;
  if (text === undefined) return undefined;
  const json = text.replace(/^\uFEFF/, '');
  const fault = findJsonFault(json);
  if (fault !== undefined) {
    const { line, column } = placeAt({ file, text: json }, fault.offset);
    throw invalid(`${file}:${line}:${column}`, fault.message);
  }
  const value: unknown = JSON.parse(json);
  if (!isRecord(value)) throw invalid(file, 'It holds no JSON object.');
  const scripts = isRecord(value.scripts) ? value.scripts : {};
  return {
    main: textOf(value.main),
    start: textOf(scripts.start),
    build: textOf(scripts.build),
    isModule: value.type === 'module',
    dependencies: isRecord(value.dependencies) ? Object.keys(value.dependencies) : [],
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

function invalid(place: string, why: string): UserError {
  return new UserError('PACKAGE_JSON_INVALID', {
    what: `${place} is no package.json`,
    why,
    next: 'correct the file and run the command again; nothing was changed',
  });
}
