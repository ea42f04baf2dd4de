import { parseXml, type XmlDocument, XmlError } from '../xml/index.js';
import { ConfigError } from './error.js';
import type { PathStyle } from './physical-path.js';
import type { ConfigReader } from './types.js';

/** IIS's size limit for a web.config, or a file in configSource: MaxWebConfigFileSizeInKB, 250 by default (KB954864). */
const LARGEST = 250 * 1024;

/** How many absent files are remembered: clients can invent URLs, which must not fill the memory. */
const MOST_ABSENT = 4096;

/** A file that was read: its document, its error, or undefined when it is absent. */
export type ReadFile = XmlDocument | ConfigError | undefined;

/** Parses a configuration file. Throws ConfigError with the XmlError as its cause. */
export function parseConfig(source: string | Uint8Array, file: string): XmlDocument {
  return parsed(() => parseXml(source, file), file);
}

function parsed(parse: () => XmlDocument, file: string): XmlDocument {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    const { position } = error;
    throw new ConfigError('not-well-formed', 'Configuration file is not well-formed XML', {
      file,
      position,
      cause: error,
    });
  }
}

/** The files of one model: each is read once. */
export class DiskFiles {
  readonly #reader: ConfigReader;
  readonly #style: PathStyle;
  readonly #files = new Map<string, { readonly path: string; readonly result: ReadFile }>();
  #absent = 0;

  constructor(reader: ConfigReader, style: PathStyle) {
    this.#reader = reader;
    this.#style = style;
  }

  get paths(): readonly string[] {
    return [...this.#files.values()].map(({ path }) => path);
  }

  /** False only when the reader knows that the folder does not exist. */
  mayBeFolder(path: string): boolean {
    return this.#reader.isDirectory?.(path) ?? true;
  }

  /**
   * Why IIS finds no configuration at the path of a virtual directory: 0x80070003 if it does not exist, 0x8007010b if it is a file.
   * Undefined when it is a folder, or when it is unknown.
   */
  folderGone(folder: string): ConfigError | undefined {
    if (!this.#style.isOfThisDisk(folder) || this.mayBeFolder(folder)) return undefined;
    const file = this.#style.join(folder, 'web.config');
    const text = 'Cannot read configuration file';
    return new ConfigError('folder-gone', text, this.#isFile(folder) ? { file, hresult: 0x8007010b } : { file });
  }

  #isFile(path: string): boolean {
    try {
      return this.#reader.read(path) !== undefined;
    } catch {
      return true; // it exists, but is not readable
    }
  }

  read(path: string): ReadFile {
    const key = this.#style.fold(path);
    const known = this.#files.get(key);
    if (known !== undefined) return known.result;
    const result = this.#load(path);
    if (result === undefined && ++this.#absent > MOST_ABSENT) this.#forgetAbsent();
    this.#files.set(key, { path, result });
    return result;
  }

  #load(path: string): ReadFile {
    try {
      const bytes = this.#reader.read(path);
      if (bytes === undefined) return undefined;
      if (bytes.length > LARGEST) return tooLarge(path);
      const { parse } = this.#reader;
      return parse === undefined ? parseConfig(bytes, path) : parsed(() => parse(bytes, path), path);
    } catch (error) {
      return error instanceof ConfigError ? error : unreadable(path, error);
    }
  }

  #forgetAbsent(): void {
    for (const [key, { result }] of this.#files) if (result === undefined) this.#files.delete(key);
    this.#absent = 1;
  }
}

function tooLarge(file: string): ConfigError {
  const text = 'Cannot read configuration file because it exceeds the maximum file size';
  const reason =
    'IIS reads 250 KB at most, unless MaxWebConfigFileSizeInKB in its registry is higher; sections can be moved to separate files (configSource).';
  return new ConfigError('too-large', text, { file, reason });
}

function unreadable(file: string, cause: unknown): ConfigError {
  // The text of the disk reader (FileError), or of the system.
  const said: { readonly problem?: unknown; readonly why?: unknown; readonly code?: unknown } = Object(cause);
  const { problem, why, code } = said;
  if (problem === 'too-large') return tooLarge(file);
  if (problem === 'denied' || code === 'EACCES' || code === 'EPERM') {
    const text = 'Cannot read configuration file due to insufficient permissions';
    return new ConfigError('access-denied', text, { file, cause });
  }
  const reason = typeof why === 'string' ? { reason: why } : {};
  return new ConfigError('cannot-read', 'Cannot read configuration file', { file, cause, ...reason });
}
