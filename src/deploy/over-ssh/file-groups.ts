import { createHash } from 'node:crypto';
import type { PackedFile } from '../../pack/index.js';

type Listed = Pick<PackedFile, 'path' | 'size' | 'sha256'>;

/** Of a digest, in characters of base64url: 96 bits. All files together are compared by their whole hash. */
const digestLength = 16;

/** What is compared at once: a package with all that is below it, else a folder. */
export function groupOf(path: string): string {
  const [ofPackage] = /^node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path) ?? [];
  return ofPackage ?? path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** A digest of each group: names, sizes and contents; times do not count. @param files sorted by path. */
export function groupDigests(files: Iterable<Listed>): Readonly<Record<string, string>> {
  const groups = new Map<string, ReturnType<typeof createHash>>();
  for (const { path, size, sha256 } of files) {
    const group = groupOf(path);
    const hash = groups.get(group) ?? createHash('sha256');
    groups.set(group, hash.update(`${path}\0${size}\0${sha256}\n`));
  }
  return Object.fromEntries(
    [...groups].map(([group, hash]) => [group, hash.digest('base64url').slice(0, digestLength)]),
  );
}

/** By path, as the files of a packed app are: both sides number them in this order. */
export const inOrder = <File extends Pick<PackedFile, 'path'>>(files: readonly File[]): readonly File[] =>
  [...files].sort((one, other) => (one.path < other.path ? -1 : 1));
