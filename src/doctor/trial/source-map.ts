import { existsSync } from 'node:fs';
import { SourceMap } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileLimits, readIfThereSync } from '../../files/index.js';

/** A place in a file of the app; line and column count from 1. */
export interface FramePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The place in a source of a place in the script that was compiled from it; undefined where the map does not say it. */
type Mapping = (at: FramePlace) => FramePlace | undefined;

/** The source map that a script names, or that lies beside it; undefined without one. */
export function mapOf(script: string): Mapping | undefined {
  try {
    const text = readIfThereSync(script, fileLimits.bundle)?.toString() ?? '';
    const named = [...text.matchAll(/^\/\/[#@] sourceMappingURL=(\S+)[ \t]*$/gm)].at(-1)?.[1];
    return named === undefined ? undefined : mappingOf(script, named);
  } catch {
    return undefined; // it cannot be read, or is no map
  }
}

function mappingOf(script: string, named: string): Mapping | undefined {
  const [, data] = /^data:application\/json[^,]*;base64,(.+)$/.exec(named) ?? [];
  const folder = path.dirname(script);
  const file = path.resolve(folder, decodeURI(named));
  const text =
    data === undefined ? readIfThereSync(file, fileLimits.bundle)?.toString() : Buffer.from(data, 'base64').toString();
  if (text === undefined) return undefined;
  const map = new SourceMap(JSON.parse(text));
  const { sourceRoot = '' } = map.payload;
  const base = data === undefined ? path.dirname(file) : folder;
  return ({ line, column }) => {
    const entry = map.findEntry(line - 1, column - 1);
    if (!('originalSource' in entry) || typeof entry.originalSource !== 'string') return undefined;
    const source = fileOf(entry.originalSource, base, sourceRoot);
    if (source === undefined) return undefined;
    return { file: source, line: entry.originalLine + 1, column: entry.originalColumn + 1 };
  };
}

/** The file of a source, if it is there; one of a package need not be. */
function fileOf(source: string, base: string, root: string): string | undefined {
  if (source.startsWith('file:')) return fileURLToPath(source);
  // webpack writes its sources relative to the folder of the build, which is one around the script.
  const [, ofWebpack] = /^webpack:\/\/[^/]*\/([^?]*)/.exec(source) ?? [];
  const folders = ofWebpack === undefined ? [base] : foldersAround(base);
  const name = ofWebpack ?? (source.startsWith(root) ? source : path.posix.join(root, source));
  const files = folders.map((folder) => path.resolve(folder, name));
  return files.find((file) => existsSync(file)) ?? files.find((file) => /[\\/]node_modules[\\/]/.test(file));
}

function foldersAround(folder: string): readonly string[] {
  const above = path.dirname(folder);
  return above === folder ? [folder] : [folder, ...foldersAround(above)];
}
