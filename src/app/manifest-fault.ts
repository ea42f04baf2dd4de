import { isUtf8 } from 'node:buffer';
import path from 'node:path';
import { FileError } from '../files/index.js';
import { type AppFolder, findJsonFault, type Place, placeAt } from '../source/index.js';

/** Why node or npm refuses a package.json. */
export interface ManifestFault {
  /** A sentence about the file. */
  readonly message: string;
  /** The same without the file's name. */
  readonly reason: string;
  readonly at: Place;
  /** For an error that does not stop node: its effect. */
  readonly harmless?: string;
  /** One line, if the fix is clear. */
  readonly fix?: string;
}

/**
 * Why a package.json of the app is invalid; undefined when it is valid, or absent, or unreadable for another reason than its size,
 * which the folder reports.
 *
 * @param name Relative, forward slashes, as on disk.
 * @param bytes The result of reading it.
 */
export function manifestFault(
  folder: AppFolder,
  name: string,
  bytes: Buffer | FileError | undefined,
): ManifestFault | undefined {
  const file = path.join(folder.root, name);
  const start: Place = { file, line: 1, column: 1, evidence: '' };
  if (folder.isDirectory(name)) {
    return { message: `${name} is a folder, not a file.`, reason: 'It is a folder, not a file.', at: start };
  }
  if (bytes === undefined) return undefined;
  if (bytes instanceof FileError) {
    if (bytes.problem !== 'too-large') return undefined;
    const harmless = 'node can still read it; its settings are unknown here.';
    return { message: `${name} is not read. ${bytes.why}`, reason: bytes.why, at: start, harmless };
  }
  // npm and node ignore a byte-order mark.
  const text = bytes.toString().replace(/^\uFEFF/, '');
  const fault = contentFault(text, bytes);
  if (fault === undefined) return undefined;
  const { message: reason, offset, ...rest } = fault;
  return {
    ...rest,
    reason,
    message: `${name} is not a valid package.json. ${reason}`,
    at: placeAt({ file, text }, offset),
  };
}

type ContentFault = Omit<ManifestFault, 'at' | 'reason'> & { readonly offset: number };

function contentFault(text: string, bytes: Buffer): ContentFault | undefined {
  if (/^(\xff\xfe|\xfe\xff)/.test(bytes.toString('latin1', 0, 2))) {
    return { message: 'It is UTF-16; node and npm read UTF-8.', fix: 'Save the file as UTF-8.', offset: 0 };
  }
  const fault = findJsonFault(text);
  if (fault !== undefined) return fault;
  if (!isUtf8(bytes)) {
    const offset = Math.max(0, text.indexOf('\uFFFD'));
    return { message: 'It is not UTF-8: node 22 and later refuse it.', fix: 'Save the file as UTF-8.', offset };
  }
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { message: 'It is not an object: npm and node 22 need { .. }.', offset: text.search(/\S/) };
  }
  return fieldFault(new Map(Object.entries(value)), text);
}

/** Node's own reader of the file (node 22 and later, node_modules.cc) takes only strings for these two. */
function fieldFault(fields: ReadonlyMap<string, unknown>, text: string): ContentFault | undefined {
  for (const name of ['name', 'type']) {
    const value = fields.get(name);
    if (value === undefined || typeof value === 'string') continue;
    const message = `Its "${name}" is ${JSON.stringify(value)?.slice(0, 40)}, not a string: node 22 and later refuse it.`;
    return { message, offset: offsetOf(name, text) };
  }
  const type = fields.get('type');
  if (type === undefined || type === 'module' || type === 'commonjs') return undefined;
  return {
    message: `Its "type" is ${JSON.stringify(type)}: node knows only "module" and "commonjs" and ignores it.`,
    fix: 'Write "module" or "commonjs", or remove it.',
    offset: offsetOf('type', text),
    harmless: 'A .js file is then loaded according to its syntax, or as CommonJS.',
  };
}

/** The position of the field, as far as it can be found without parsing the JSON again. */
const offsetOf = (name: string, text: string): number => Math.max(0, text.search(new RegExp(`"${name}"\\s*:`)));
