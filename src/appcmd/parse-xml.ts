import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { appcmdEntry } from './parse-text.js';
import type { AppcmdEntry } from './types.js';

/** An element of appcmd's output: names and values are enough. */
export interface AppcmdXmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly AppcmdXmlElement[];
}

/** An entry of the XML form; `config` is the configuration below it (`/config`, or the section of `list config`). */
export interface AppcmdXmlEntry extends AppcmdEntry {
  /** `<add name=...>`, `<application path=...>`, `<system.webServer-handlers>`. */
  readonly config: AppcmdXmlElement | undefined;
  /** `processModel.idleTimeout` as the configuration below it sets it; undefined when it does not. */
  configured(path: string): string | undefined;
}

/** The output is not the XML that `/xml` should print. */
export class AppcmdOutputError extends Error {
  override readonly name = 'AppcmdOutputError';
  readonly stdout: string;
  constructor(stdout: string, cause?: unknown) {
    super(`appcmd did not answer with XML: ${stdout.slice(0, 200)}`, cause === undefined ? undefined : { cause });
    this.stdout = stdout;
  }
}

/**
 * Reads the output of `list ... /xml`: attributes in any order, names ignoring case, unknown ones kept.
 * @throws AppcmdOutputError when it is not the XML appcmd writes.
 */
export function parseAppcmdXml(stdout: string): readonly AppcmdXmlEntry[] {
  // The text is already decoded; the encoding in its declaration no longer matters.
  const text = stdout
    .trim()
    .replace(/^<\?xml[^>]*\?>/, '')
    .trim();
  const [root, ...more] = readElements(text, stdout);
  if (root?.name !== 'appcmd' || more.length > 0) throw new AppcmdOutputError(stdout);
  return root.children.map((element) => {
    const kind = element.name.toUpperCase();
    const properties = [...element.attributes];
    const entry = appcmdEntry(kind, attribute(element, `${kind}.NAME`) ?? '', properties);
    const config = element.children[0];
    return { ...entry, config, configured: (path) => configured(config, path.split('.')) };
  });
}

const attributesKey = ':@';

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseAttributeValue: false,
  parseTagValue: false,
  trimValues: true,
  htmlEntities: true, // without it `&#10;`, which appcmd writes for line ends in messages, is not decoded
});

/** One node of fast-xml-parser's ordered tree: `{ SITE: children, ':@': { 'SITE.NAME': '...' } }`. */
type Node = Readonly<Record<string, unknown>>;

function readElements(text: string, stdout: string): readonly AppcmdXmlElement[] {
  const valid = XMLValidator.validate(text); // the parser itself accepts anything
  if (valid !== true) throw new AppcmdOutputError(stdout, new Error(valid.err.msg));
  try {
    return elementsOf(parser.parse(text));
  } catch (error) {
    throw new AppcmdOutputError(stdout, error);
  }
}

function elementsOf(nodes: unknown): readonly AppcmdXmlElement[] {
  if (!Array.isArray(nodes)) return [];
  return (nodes as readonly Node[]).flatMap((node) =>
    Object.keys(node)
      .filter((name) => name !== attributesKey && name !== '#text')
      .map((name) => ({
        name,
        attributes: new Map(Object.entries((node[attributesKey] ?? {}) as Record<string, string>)),
        children: elementsOf(node[name]),
      })),
  );
}

const attribute = ({ attributes }: AppcmdXmlElement, wanted: string): string | undefined =>
  [...attributes].find(([name]) => name.toLowerCase() === wanted.toLowerCase())?.[1];

function configured(element: AppcmdXmlElement | undefined, path: readonly string[]): string | undefined {
  const [first, ...rest] = path;
  if (element === undefined || first === undefined) return undefined;
  if (rest.length === 0) return element.attributes.get(first);
  return configured(
    element.children.find(({ name }) => name === first),
    rest,
  );
}
