import { writeFileAtomic } from '../files/index.js';

/** The bytes of files, by absolute name. */
export type FormerBytes = ReadonlyMap<string, Uint8Array>;

/** Gives all files these bytes again. Where some cannot be written, the others are, and the first error is thrown. */
export async function restoreFiles(former: FormerBytes): Promise<void> {
  const failures: unknown[] = [];
  for (const [file, bytes] of former) await writeFileAtomic(file, bytes).catch((error) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

/** The result of `work`; when it fails, the files get these bytes again. @throws the error of `work`. */
export async function orRestoreFiles<Result>(former: FormerBytes, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    await restoreFiles(former);
    throw error;
  }
}
