import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { stackFrame } from '../../stack-frame.js';
import { type FramePlace, mapOf } from './source-map.js';

/** The first frame of a stack in the app's own code, else the first in a package; of a compiled script its place in the source. */
export function ownFrame(stack: string): FramePlace | undefined {
  const maps = new Map<string, ReturnType<typeof mapOf>>();
  let ofPackage: FramePlace | undefined;
  for (const line of stack.split('\n')) {
    const place = frameIn(line);
    if (place === undefined) continue;
    if (!maps.has(place.file) && !isOfPackage(place.file)) maps.set(place.file, mapOf(place.file));
    const { file, ...at } = maps.get(place.file)?.(place) ?? place;
    if (!isOfPackage(file)) return { file, ...at };
    ofPackage ??= { file, ...at };
  }
  return ofPackage;
}

/** Is the file one that node_modules has? */
export const isOfPackage = (file: string): boolean => /[\\/]node_modules[\\/]/.test(file);

/** A longer line is no frame. */
const longest = 2_000;

/** Neither of node itself, nor of iisnode's interceptor, nor of the loader. */
function frameIn(line: string): FramePlace | undefined {
  const [, named = '', row, column] = stackFrame.exec(line.slice(0, longest)) ?? [];
  if (named === '' || /[\\/](?:interceptor\.c?js|iisnode-(?:entry|vdir)\.cjs)$/.test(named)) return undefined;
  const file = named.startsWith('file:') ? pathOf(named) : path.normalize(named);
  return file === undefined ? undefined : { file, line: Number(row), column: Number(column) };
}

/** undefined for a URL of another machine: `//# sourceURL=file://host/x.js`. */
function pathOf(url: string): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}
