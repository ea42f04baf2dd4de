import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { appcmdEntry } from './parse-text.js';
import type { AppcmdEntry } from './types.js';

/** An element as appcmd writes it: names and values, which is all a reader of its answers wants. */
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
  // The text was decoded already; whatever encoding it declares says nothing any more.
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
  htmlEntities: true, // without it `&#10;`, as appcmd writes line ends into messages, stays as it is
});

/** One node of fast-xml-parser's ordered tree: `{ SITE: children, ':@': { 'SITE.NAME': '...' } }`. */
type Node = Readonly<Record<string, unknown>>;

function readElements(text: string, stdout: string): readonly AppcmdXmlElement[] {
  const valid = XMLValidator.validate(text); // the parser itself takes anything
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
