import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../errors.js';
import {
  fileLimits,
  makeFolder,
  readIfThereSync,
  requireFolder,
  spellingOnDisk,
  WriteError,
  writeFileAtomic,
} from '../files/index.js';
import { orRestoreFiles, restoreFiles } from './restore-files.js';
import type { NotWritten } from './types.js';

/** A file as it was before --fix. */
interface Former {
  readonly file: string;
  /** Base64. */
  readonly before: string;
  /** SHA-256 of what --fix made of it: another content is the user's own. */
  readonly after: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Outside of the app's folder, where IIS would serve a copy of its source. */
async function recordFile(directory: string, environment: Environment): Promise<string> {
  const { openHome } = await import('../host/index.js');
  return path.join(openHome(environment).directory, 'fixes', `${hashOf(Buffer.from(directory)).slice(0, 32)}.json`);
}

function read(file: string): readonly Former[] {
  try {
    const record: unknown = JSON.parse(readIfThereSync(file, fileLimits.lockFile)?.toString() ?? '[]');
    return Array.isArray(record) ? (record as readonly Former[]) : [];
  } catch {
    return []; // a record that was cut off: there is nothing to restore from
  }
}

/**
 * Remembers what files were before a fix, for --unfix. A file that an earlier fix changed, and nothing since, keeps its first content.
 * @throws WriteError
 */
async function rememberFormer(
  directory: string,
  former: ReadonlyMap<string, Uint8Array>,
  environment: Environment,
): Promise<void> {
  if (former.size === 0) return;
  const name = await recordFile(directory, environment);
  const known = read(name);
  const now = [...former].flatMap(([file, before]): Former[] => {
    const after = readIfThereSync(file, fileLimits.config);
    if (after === undefined) return [];
    const earlier = known.find((each) => each.file === file && each.after === hashOf(before));
    return [{ file, before: earlier?.before ?? Buffer.from(before).toString('base64'), after: hashOf(after) }];
  });
  const others = known.filter(({ file }) => !former.has(file));
  makeFolder(path.dirname(name), 0o700);
  await writeFileAtomic(name, Buffer.from(`${JSON.stringify([...others, ...now], undefined, 2)}\n`));
}

/**
 * Remembers it, or undoes the fix: why `--unfix` could not undo these changes; undefined where it can.
 * @throws what is no WriteError; the files then have their former content, too.
 */
export async function faultOfRecord(
  directory: string,
  former: ReadonlyMap<string, Uint8Array>,
  environment: Environment,
): Promise<Omit<NotWritten, 'rules'> | undefined> {
  try {
    await orRestoreFiles(former, () => rememberFormer(directory, former, environment));
    return undefined;
  } catch (error) {
    if (!(error instanceof WriteError)) throw error;
    return { file: error.path, why: `The former content is kept there for --unfix. ${error.why}`, next: error.next };
  }
}

/** What `--unfix` did. */
export interface Unfixed {
  readonly target: string;
  /** Files that have their content of before --fix again, absolute. */
  readonly restored: readonly string[];
  /** Nothing was written: these files would be restored. */
  readonly dryRun?: true;
}

/**
 * Gives the files that --fix changed their former content again, all of them or none; in a dry run it says only which.
 * @throws UserError DIRECTORY_NOT_FOUND; FILE_CHANGED where a file was changed since; file system errors.
 */
export async function unfix(target: string, cwd: string, environment: Environment, dryRun = false): Promise<Unfixed> {
  const named = path.resolve(cwd, target);
  const asked = spellingOnDisk(named) ?? named;
  const directory = /\.(config|xml)$/i.test(asked) ? path.dirname(asked) : asked;
  const name = await recordFile(directory, environment);
  const record = read(name);
  if (record.length === 0) {
    requireFolder(directory, { shown: target, next: 'name the folder in which --fix changed files' });
  }
  const current = new Map<string, Uint8Array>();
  for (const { file, after } of record) {
    const now = readIfThereSync(file, fileLimits.config);
    if (now !== undefined) current.set(file, now);
    if (now !== undefined && hashOf(now) === after) continue;
    throw new UserError('FILE_CHANGED', {
      what: `${file} ${now === undefined ? 'is gone' : 'was changed'} since --fix.`,
      why: 'What was changed since would be lost, so no file was restored.',
      next: 'Restore it with your version control.',
      exit: 'refused',
    });
  }
  const restored = record.map(({ file }) => file);
  if (dryRun) return { target, restored, dryRun };
  const former = new Map(record.map(({ file, before }) => [file, Buffer.from(before, 'base64')]));
  await orRestoreFiles(current, () => restoreFiles(former));
  if (record.length > 0) rmSync(name, { force: true });
  return { target, restored };
}
