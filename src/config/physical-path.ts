import { withoutEnd } from '../trimmed.js';
/** The syntax of physical paths; the model does not access the disk itself. */
export interface PathStyle {
  isAbsolute(path: string): boolean;
  /** `names` are appended one by one. */
  join(folder: string, ...names: readonly string[]): string;
  /** The path without its last name. */
  folderOf(path: string): string;
  /** Equal for two spellings of one path. */
  fold(path: string): string;
  /** False for a path of another system, and where a `%VAR%` is left: whether it exists is unknown. */
  isOfThisDisk(path: string): boolean;
}

export const win32: PathStyle = {
  isAbsolute: (path) => /^([a-z]:)?[\\/]|^%/i.test(path),
  join: (folder, ...names) =>
    names.reduce((left, name) => (left === '' ? name : `${withoutEnd(left, '\\/')}\\${name}`), folder),
  folderOf: (path) => withoutEnd(path.slice(0, Math.max(0, path.lastIndexOf('/'), path.lastIndexOf('\\'))), '\\/'),
  fold: (path) => withoutEnd(path.replaceAll('/', '\\'), '\\').toLowerCase(),
  isOfThisDisk: (path) => !path.startsWith('%'),
};

export const posix: PathStyle = {
  isAbsolute: (path) => path.startsWith('/') || path.startsWith('%'),
  join: (folder, ...names) =>
    names.reduce((left, name) => (left === '' ? name : `${withoutEnd(left, '/')}/${name}`), folder),
  folderOf: (path) => withoutEnd(path.slice(0, Math.max(0, path.lastIndexOf('/'))), '/'),
  fold: (path) => withoutEnd(path, '/'),
  isOfThisDisk: (path) => path.startsWith('/') && !/%|\/[a-z]:(?:\/|$)/i.test(path),
};

/** Splits a URL path or a relative file path and resolves `.` and `..`, never above the root. */
export function segmentsOf(path: string): readonly string[] {
  const segments: string[] = [];
  for (const segment of path.split(/[\\/]/)) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return segments;
}

/**
 * Can a folder have this name on Windows? No control characters, none of `<>:"|?*`, no dot or space at the end:
 * a segment with these never leads to a web.config.
 */
export function isFolderName(segment: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: file names may not contain them
  return segment.length <= 255 && !/[\u0000-\u001f<>:"|?*]|[. ]$/.test(segment);
}
