import { isWebConfig, type WebConfigFile } from '../../app/index.js';
import type { Origin } from '../../config/index.js';
import { FileError } from '../../files/index.js';
import { offsetAt, type Place, placeAt, type TextFile } from '../../source/index.js';
import { diskReader } from '../../webconfig/index.js';
import type { XmlElement } from '../../xml/index.js';
import { textOfBytes } from '../text-of-bytes.js';

/** A position in a configuration file: this web.config unless `file` is set. */
interface Spot {
  readonly file?: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
}

/** The app's web.config, valid or not: plain data. */
export interface WebConfigFacts extends WebConfigFile {
  /** The position where the parser stopped. */
  readonly errorPlace: Place | undefined;
}

/** Queries about positions in web.config. */
export interface WebConfigQueries {
  /** The position of an element or an offset, in a web.config that parsed. */
  place(at: XmlElement | number): Place;
  /** The position of an error or an origin, also in a file of a configSource; undefined without a line. */
  placeOf(spot: Spot): Place | undefined;
  /** The element itself, if an edit of web.config can change it: not one in a file of a configSource. */
  ownElement(origin: Origin | undefined): XmlElement | undefined;
  /** Is it the app's web.config? True without a name. */
  isWebConfig(file: string | undefined): boolean;
}

/** Only to show a line of it; undefined for a file that cannot be read. */
function bytesToShow(file: string): Uint8Array {
  try {
    return diskReader.read(file) ?? new Uint8Array();
  } catch (error) {
    if (error instanceof FileError) return new Uint8Array();
    throw error;
  }
}

/** What the rules ask about a web.config. */
export function webConfigFacts(read: WebConfigFile): {
  readonly webConfig: WebConfigFacts;
  readonly queries: WebConfigQueries;
} {
  const { file, bytes, document, error } = read;
  const text = document?.text ?? (bytes ? textOfBytes(bytes) : '');
  const isOwn = (name: string | undefined): boolean => isWebConfig(file, name);
  const source = { file, text };
  const errorPlace = error && linePlace(source, error.position.line, error.position.column);
  const queries: WebConfigQueries = {
    place: (at) => placeAt(source, typeof at === 'number' ? at : at.span.start),
    placeOf: ({ file: other, line, column }) => {
      if (line === undefined) return undefined;
      if (other === undefined || isOwn(other)) return linePlace(source, line, column ?? 1);
      return linePlace({ file: other, text: textOfBytes(bytesToShow(other)) }, line, column ?? 1);
    },
    ownElement: (origin) => (origin && isOwn(origin.file) ? origin.element : undefined),
    isWebConfig: isOwn,
  };
  return { webConfig: { ...read, errorPlace }, queries };
}

function linePlace(source: TextFile, line: number, column: number): Place {
  return { ...placeAt(source, offsetAt(source, line, column)), line, column };
}
