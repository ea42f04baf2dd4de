import path from 'node:path';
import { UserError } from '../errors.js';
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
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw invalid(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (!isRecord(value)) throw invalid(file, 'It holds no JSON object.', undefined);
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

function invalid(file: string, why: string, cause: unknown): UserError {
  return new UserError('PACKAGE_JSON_INVALID', {
    what: `${file} is no package.json`,
    why,
    next: 'mend the file and run the command again',
    cause,
  });
}
