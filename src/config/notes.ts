import type { XmlElement } from '../xml/index.js';
import type { Block } from './block.js';
import type { ConfigFile } from './config-file.js';
import { originOf } from './merged.js';
import type { ElementSchema } from './schema/types.js';
import type { ConfigNote } from './types.js';

/** What the model read but did not check, so that nothing is ignored silently. */
export function notesOf(files: readonly ConfigFile[]): readonly ConfigNote[] {
  return files.flatMap((file) => {
    const blocks = [...file.blocks.values()].flat();
    return [...blocks.flatMap(noteOf), ...textNotes(file, blocks)];
  });
}

function noteOf(block: Block): readonly ConfigNote[] {
  const { declaration, element } = block;
  const note = (kind: ConfigNote['kind'], message: string): readonly ConfigNote[] => [
    { kind, section: declaration.path, message, origin: originOf(block, element) },
  ];
  if (block.encrypted) return note('encrypted', `<${element.name}> is encrypted: its content is ignored`);
  if (declaration.schema === undefined) {
    return note(
      'no-schema',
      `<${element.name}> is declared by ${declaration.file ?? 'machine.config'}: its content is not checked`,
    );
  }
  if (!isContentChecked(block)) {
    return note('not-judged', `<${element.name}> means nothing to a node application: its content is not checked`);
  }
  const pathFault = locationPathFault(block);
  const about =
    pathFault === undefined
      ? []
      : note('never-matches', `The path of the <location> around <${element.name}> ${pathFault}`);
  return [...about, ...fileNotes(block), ...openNotes(block, element, declaration.schema?.element)];
}

/** `<appSettings file="more.config">`: .NET merges that file, iisnode does not read it. */
function fileNotes(block: Block): readonly ConfigNote[] {
  const { declaration, element } = block;
  const file = declaration.path === 'appSettings' && element.attributes.find(({ name }) => name === 'file');
  if (!file) return [];
  const message = `The settings of ${file.value} (attribute file="") are read only by .NET: they are ignored`;
  return [
    { kind: 'not-judged', section: declaration.path, message, origin: originOf(block, element, file.span.start) },
  ];
}

/** Elements of other products inside a section. */
function openNotes(block: Block, element: XmlElement, schema: ElementSchema | undefined): readonly ConfigNote[] {
  if (schema === undefined) return [];
  if (schema.isOpen) {
    const message = `<${element.name}> belongs to another product: its content is not checked`;
    return [{ kind: 'not-judged', section: block.declaration.path, message, origin: originOf(block, element) }];
  }
  const { collection, elements } = schema;
  return element.children.flatMap((child) =>
    openNotes(block, child, child.name === collection?.add ? collection.entry : elements.get(child.name)),
  );
}

/** Why the path of a location does not mean what its author intended. */
function locationPathFault({ target, level }: Block): string | undefined {
  const path = target.key.slice(level.key.length);
  if (path.includes('//')) return 'starts with a slash: it matches nothing';
  if (/[\\*?<>|":]/.test(path))
    return 'has a character that a URL path cannot have (there are no wildcards): it matches nothing';
  if (path.includes(',')) return 'has a comma: it is one name, not a list';
  return undefined;
}

const isContentChecked = ({ encrypted, declaration }: Block): boolean =>
  !encrypted && declaration.schema?.element !== undefined;

/** Is there possibly text between tags? It may be a comment; false means that there is none. */
function mayHaveText(text: string): boolean {
  if (text.includes('<![CDATA[')) return true;
  const [, ...others] = text.split('<');
  return others.some((tag) => tag.slice(tag.indexOf('>') + 1).trim() !== '' && tag.includes('>'));
}

/** Text between elements in checked content. */
function textNotes({ document, level }: ConfigFile, blocks: readonly Block[]): readonly ConfigNote[] {
  if (!mayHaveText(document.text)) return [];
  const byElement = new Map(blocks.map((block) => [block.element, block]));
  const { file } = document;
  const { configPath, basePath } = level;
  const notes: ConfigNote[] = [];
  const visit = (element: XmlElement, path: string, isInSection: boolean): void => {
    const block = byElement.get(element);
    if (element.name === 'configSections' || (block !== undefined && !isContentChecked(block))) return;
    if (element.hasText) {
      const { line, column } = document.positionAt(element.span.start);
      const origin = { file, line, column, configPath, basePath, document, element };
      notes.push({ kind: 'text', section: path, message: `The text in <${element.name}> is ignored`, origin });
    }
    const isDeep = isInSection || block !== undefined;
    for (const child of element.children) {
      const isOnPath = !isDeep && child.name !== 'location';
      visit(child, isOnPath ? [path, child.name].filter((name) => name !== '').join('/') : path, isDeep);
    }
  };
  visit(document.root, '', false);
  return notes;
}
