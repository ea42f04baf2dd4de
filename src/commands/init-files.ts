import path from 'node:path';
import type { InitFile } from '../scaffold/index.js';

/** Files that every package has, and a reader of the app need not open: the first two stand for them. */
const common = ['package.json', 'README.md', 'package-lock.json', 'tsconfig.json', '.gitignore'];

/** More new files than this are grouped. */
const fewest = 6;

/**
 * The lines that `init` prints for the files it has written: one for each, and for many new ones one for each at the top of the
 * app, and one for its folders and what every package has.
 */
export function fileLines(files: readonly InitFile[], note: (text: string) => string): string[] {
  const created = files.filter(({ action }) => action === 'created').map(({ file }) => file);
  const others = files.flatMap(({ file, action }) => {
    if (action === 'changed') return [`~ ${file}`];
    if (action === 'removed') return [`- ${file}`];
    return action === 'kept' ? [`< ${file}${note('  your former file')}`] : [];
  });
  return [...(created.length > fewest ? grouped(created) : created).map((line) => `+ ${line}`), ...others];
}

function grouped(files: readonly string[]): string[] {
  const folders = new Map<string, number>();
  for (const file of files) {
    const [top = '', ...below] = file.split('/');
    if (below.length > 0) folders.set(top, (folders.get(top) ?? 0) + 1);
  }
  const inFolders = [...folders].map(([name, count]) => `${name}/ (${count} ${count === 1 ? 'file' : 'files'})`);
  const atTop = files.filter((file) => path.posix.dirname(file) === '.');
  const [manifest, readme, ...more] = common.filter((file) => atTop.includes(file));
  const shared = [...inFolders, manifest, readme].filter((each) => each !== undefined).join(', ');
  const rest = more.length === 0 ? '' : ` and ${more.length} more`;
  return [...atTop.filter((file) => !common.includes(file)), `${shared}${rest}`].filter((line) => line !== '');
}
