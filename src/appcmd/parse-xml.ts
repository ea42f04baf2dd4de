import { attribute, parseXml, type XmlElement, XmlError } from '../xml/index.js';
import { appcmdEntry } from './parse-text.js';
import type { AppcmdEntry } from './types.js';

/** An entry of the XML form; `config` is the configuration below it (`/config`, or the section of `list config`). */
export interface AppcmdXmlEntry extends AppcmdEntry {
  /** `<add name=...>`, `<application path=...>`, `<system.webServer-handlers>`. */
  readonly config: XmlElement | undefined;
  /** `processModel.idleTimeout` as the configuration below it sets it; undefined when it does not. */
  configured(path: string): string | undefined;
}

/** What came back was not what `/xml` promises. */
export class AppcmdOutputError extends Error {
  override readonly name = 'AppcmdOutputError';
  readonly stdout: string;
  constructor(stdout: string, cause?: unknown) {
    super(`appcmd did not answer with XML: ${stdout.slice(0, 200)}`, cause === undefined ? undefined : { cause });
    this.stdout = stdout;
  }
}

/**
 * Reads the answer to `list ... /xml`: attributes in any order, their names without regard to case, unknown ones kept.
 * @throws AppcmdOutputError when it is not the XML appcmd writes.
 */
export function parseAppcmdXml(stdout: string): readonly AppcmdXmlEntry[] {
  const text = stdout.replace(/\r*\n/g, '\n').trim();
  let root: XmlElement;
  try {
    // The text was decoded already; whatever encoding it declares says nothing any more.
    root = parseXml(text.replace(/^<\?xml[^>]*\?>/, '').trim(), 'appcmd').root;
  } catch (error) {
    if (error instanceof XmlError) throw new AppcmdOutputError(stdout, error);
    throw error;
  }
  if (root.name !== 'appcmd') throw new AppcmdOutputError(stdout);
  return root.children.map((element) => {
    const properties = element.attributes.map(({ name, value }): [string, string] => [name, value]);
    const kind = element.name.toUpperCase();
    const entry = appcmdEntry(kind, attribute(element, `${kind}.NAME`) ?? '', properties);
    const config = element.children[0];
    return { ...entry, config, configured: (path) => configured(config, path.split('.')) };
  });
}

function configured(element: XmlElement | undefined, path: readonly string[]): string | undefined {
  const [first, ...rest] = path;
  if (element === undefined || first === undefined) return undefined;
  if (rest.length === 0) return attribute(element, first);
  return configured(
    element.children.find(({ name }) => name === first),
    rest,
  );
}
