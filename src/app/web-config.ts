import path from 'node:path';
import { fileLimits, readIfThereSync, spellingOnDisk } from '../files/index.js';
import { parseConfigOnce } from '../webconfig/index.js';
import { type XmlDocument, XmlError } from '../xml/index.js';

/** A web.config, valid or not: plain data. */
export interface WebConfigFile {
  /** Absolute, in the spelling of the disk; also when the file does not exist. */
  readonly file: string;
  /** undefined when there is none. */
  readonly bytes: Uint8Array | undefined;
  readonly document: XmlDocument | undefined;
  /** Why there is no document although there are bytes. */
  readonly error: XmlError | undefined;
}

/** Is `other`, the file of an error or an origin, this web.config? With any name, it is read as web.config of its folder. True without one. */
export function isWebConfig(file: string, other: string | undefined): boolean {
  if (other === undefined) return true;
  const names = [file, path.join(path.dirname(file), 'web.config')].map((name) => path.resolve(name).toLowerCase());
  return names.includes(path.resolve(other).toLowerCase());
}

/**
 * Is this set above the app, in the web.config of another folder or in the server's own configuration? The app's own files cannot change it.
 *
 * @param server The server's own file, where it is known.
 */
export function isSetAbove(
  file: string,
  server: string | undefined,
  origin: { readonly file: string } | undefined,
): boolean {
  if (origin === undefined || isWebConfig(file, origin.file)) return false;
  return origin.file === server || path.basename(origin.file).toLowerCase() === 'web.config';
}

/** The web.config of a folder in the spelling of the disk; its usual name where there is none. */
export function webConfigIn(folder: string): string {
  const file = path.join(folder, 'web.config');
  return spellingOnDisk(file) ?? file;
}

/** Reads and parses a web.config. Throws FileError, except for a missing file. */
export function readWebConfigFile(file: string): WebConfigFile {
  return parseWebConfig(file, readIfThereSync(file, fileLimits.config));
}

/** The same for bytes that are not on disk. */
export function parseWebConfig(file: string, bytes: Uint8Array | undefined): WebConfigFile {
  try {
    return { file, bytes, document: bytes && parseConfigOnce(bytes, file), error: undefined };
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    return { file, bytes, document: undefined, error };
  }
}
