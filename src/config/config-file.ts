import type { XmlDocument, XmlElement } from '../xml/index.js';
import type { Block, FileLevel } from './block.js';
import { type Declaration, declare, type Group } from './declarations.js';
import { ConfigError } from './error.js';
import { ErrorSink } from './error-sink.js';
import { readLocation } from './location-element.js';
import { isNamespace } from './meta-attributes.js';

/** A configuration file at its level. */
export interface ConfigFile {
  readonly document: XmlDocument;
  readonly level: FileLevel;
  /** The declarations of the levels above and its own. */
  readonly declarations: Group;
  /** By section path, less specific targets first. */
  readonly blocks: ReadonlyMap<string, readonly Block[]>;
  /** Keys of the levels that its locations name, other than its own. */
  readonly locationKeys: ReadonlySet<string>;
  /** True when it contains a setting that child applications do not inherit. */
  readonly stopsAtApplications: boolean;
  readonly errors: readonly ConfigError[];
}

export interface FileContext {
  readonly level: FileLevel;
  readonly declarations: Group;
  /** The file in a section's `configSource`; undefined when it does not exist. Without this function configSource is unknown. */
  readonly source?: (name: string) => XmlDocument | ConfigError | undefined;
}

type Scope = Pick<Block, 'target' | 'inLocation' | 'overrideMode' | 'inheritInChildApplications'>;

function contentBesideConfigSource({ name, children }: XmlElement): string {
  return `<${name} configSource="..."> may have no ${children.length > 0 ? 'content' : 'attribute'} beside it`;
}

/** Why the file in configSource cannot replace the section. */
function sourceFault(found: XmlDocument | ConfigError | undefined, file: string, section: string): string {
  if (found === undefined) return `There is no file ${file}.`;
  if (!(found instanceof ConfigError)) return `The root element of ${file} is <${found.root.name}>, not <${section}>.`;
  const place = found.line === undefined ? file : `${file}:${found.line}`;
  const { cause, message, reason } = found;
  return `${place}: ${reason ?? (cause instanceof Error ? cause.message : `${message}.`)}`;
}

/** Finds the sections of a file and checks what IIS checks on loading: order, declarations, duplicates. */
export function readConfigFile(document: XmlDocument, context: FileContext): ConfigFile {
  return new FileReader(document, context).read();
}

/** Less specific targets first. */
const inOrder = (blocks: ReadonlyMap<string, Block>): readonly Block[] =>
  [...blocks.values()].sort((a, b) => a.target.key.length - b.target.key.length);

class FileReader {
  readonly #document: XmlDocument;
  readonly #context: FileContext;
  readonly #sink: ErrorSink;
  /** By section path, then by the key of the level they apply to. */
  readonly #blocks = new Map<string, Map<string, Block>>();
  readonly #locationKeys = new Set<string>();
  #declarations: Group;
  #stops = false;

  constructor(document: XmlDocument, context: FileContext) {
    this.#document = document;
    this.#context = context;
    this.#sink = new ErrorSink(document);
    this.#declarations = context.declarations;
  }

  read(): ConfigFile {
    const { root } = this.#document;
    if (root.name !== 'configuration') this.#sink.add('unknown-element', `Unrecognized element '${root.name}'`, root);
    else this.#readRoot(root);
    return {
      document: this.#document,
      level: this.#context.level,
      declarations: this.#declarations,
      blocks: new Map([...this.#blocks].map(([path, blocks]) => [path, inOrder(blocks)])),
      locationKeys: this.#locationKeys,
      stopsAtApplications: this.#stops,
      errors: this.#sink.errors,
    };
  }

  #readRoot(root: XmlElement): void {
    this.#refuseAttributes(root);
    const own: Scope = {
      target: this.#context.level,
      inLocation: false,
      overrideMode: undefined,
      inheritInChildApplications: true,
    };
    for (const [index, child] of root.children.entries()) {
      if (child.name === 'configSections') this.#readDeclarations(child, index);
      else if (child.name === 'location') this.#readLocation(child);
      else this.#readChild(child, this.#declarations, own);
    }
  }

  #readDeclarations(element: XmlElement, index: number): void {
    if (index === 0) {
      this.#declarations = declare(this.#context.declarations, element, this.#sink);
      return;
    }
    const rule =
      'Only one <configSections> element allowed.  It must be the first child element of the root <configuration> element';
    this.#sink.add('bad-order', rule, element);
  }

  #readLocation(element: XmlElement): void {
    const scope = readLocation(element, this.#context.level, this.#sink);
    if (scope === undefined) return;
    if (scope.target.key !== this.#context.level.key) this.#locationKeys.add(scope.target.key);
    if (!scope.inheritInChildApplications) this.#stops = true;
    for (const child of element.children) {
      if (child.name === 'location' || child.name === 'configSections') {
        this.#sink.add('unknown-element', `Unrecognized element '${child.name}'`, child);
      } else this.#readChild(child, this.#declarations, { ...scope, inLocation: true });
    }
  }

  /** A child of a group is a group, a section, or unknown. */
  #readChild(element: XmlElement, group: Group, scope: Scope): void {
    const inner = group.groups.get(element.name);
    const declaration = group.sections.get(element.name);
    if (declaration !== undefined) this.#readSection(element, declaration, scope);
    else if (inner !== undefined) {
      this.#refuseAttributes(element);
      for (const child of element.children) this.#readChild(child, inner, scope);
    } else {
      const path = group.path === '' ? element.name : `${group.path}/${element.name}`;
      const text = `The configuration section '${path}' cannot be read because it is missing a section declaration`;
      this.#sink.add('unknown-section', text, element, path);
    }
  }

  #refuseAttributes(element: XmlElement): void {
    const strange = element.attributes.find(({ name }) => !isNamespace(name));
    if (strange === undefined) return;
    const text = `Unrecognized attribute '${strange.name}'`;
    this.#sink.add('unknown-attribute', text, element, undefined, strange.span.start);
  }

  #readSection(element: XmlElement, declaration: Declaration, scope: Scope): void {
    const { path } = declaration;
    const blocks = this.#blocks.get(path) ?? new Map<string, Block>();
    if (blocks.has(scope.target.key)) {
      this.#sink.add('duplicate-section', `There is a duplicate '${path}' section defined`, element, path);
      return;
    }
    const block: Block = {
      declaration,
      element,
      document: this.#document,
      level: this.#context.level,
      target: scope.target,
      inLocation: scope.inLocation,
      overrideMode: scope.overrideMode,
      inheritInChildApplications: scope.inheritInChildApplications,
      encrypted: element.attributes.some(({ name }) => name === 'configProtectionProvider'),
    };
    blocks.set(scope.target.key, this.#fromSource(block));
    this.#blocks.set(path, blocks);
  }

  /** `configSource` replaces the whole element; for machine.config's own sections .NET handles it. */
  #fromSource(block: Block): Block {
    const { element, declaration } = block;
    const named = element.attributes.find(({ name }) => name === 'configSource');
    if (named === undefined || declaration.schema?.element === undefined) return block;
    const { source } = this.#context;
    const at = named.span.start;
    if (source === undefined) {
      this.#sink.add('unknown-attribute', "Unrecognized attribute 'configSource'", element, declaration.path, at);
      return block;
    }
    const isAlone = element.children.length === 0 && element.attributes.length === 1;
    const document = isAlone ? source(named.value) : undefined;
    if (document === undefined || document instanceof ConfigError || document.root.name !== element.name) {
      const reason = isAlone
        ? sourceFault(document, named.value, element.name)
        : `${contentBesideConfigSource(element)}.`;
      this.#sink.add('config-source', 'Specified configSource cannot be parsed', element, declaration.path, at, reason);
      return block;
    }
    return { ...block, document, element: document.root };
  }
}
