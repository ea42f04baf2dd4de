import type { Block, ConfigFile } from './config-file.js';
import { originOf } from './merged.js';
import type { ConfigNote } from './types.js';

/** What the model read without judging it, so that nothing is passed over in silence. */
export function notesOf(files: readonly ConfigFile[]): readonly ConfigNote[] {
  return files.flatMap((file) => [...file.blocks.values()].flat().flatMap(noteOf));
}

function noteOf(block: Block): readonly ConfigNote[] {
  const { declaration, element } = block;
  const note = (kind: ConfigNote['kind'], message: string): readonly ConfigNote[] => [
    { kind, section: declaration.path, message, origin: originOf(block, element) },
  ];
  if (block.encrypted) return note('encrypted', `<${element.name}> is encrypted: its content is passed by`);
  if (declaration.schema === undefined) {
    return note(
      'no-schema',
      `<${element.name}> is declared by ${declaration.file ?? 'machine.config'}: its content is not judged`,
    );
  }
  if (declaration.schema.element === undefined) {
    return note('not-judged', `<${element.name}> means nothing to a node application: its content is not judged`);
  }
  if (block.target.key.includes('//')) {
    return note(
      'never-matches',
      `The path of the <location> around <${element.name}> starts with a slash: it matches nothing`,
    );
  }
  return [];
}
