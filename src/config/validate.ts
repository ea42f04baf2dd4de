import type { XmlDocument } from '../xml/index.js';
import { type ConfigFile, type FileContext, readConfigFile } from './config-file.js';
import { allDeclarations, machineDeclarations } from './declarations.js';
import { ConfigError } from './error.js';
import { mergeSection } from './merge.js';

/**
 * All errors of one file by the schema, without its server: order, declarations, duplicates, unknown elements and
 * attributes, types. In a web.config every section with a schema counts as declared; an applicationHost.config must declare
 * its own. Locks and inherited entries are checked by the model.
 */
export function validateDocument(
  document: XmlDocument,
  kind: 'web.config' | 'applicationHost.config' = 'web.config',
): readonly ConfigError[] {
  const server = kind === 'applicationHost.config';
  const level = { key: server ? '' : '/', configPath: '', basePath: '' };
  const context: FileContext = server
    ? { level, declarations: machineDeclarations }
    : { level, declarations: allDeclarations, source: () => undefined };
  const file = readConfigFile(document, context);
  return [...file.errors.filter(({ kind: cause }) => cause !== 'config-source'), ...sectionErrors(file)];
}

function sectionErrors(file: ConfigFile): readonly ConfigError[] {
  const errors: ConfigError[] = [];
  for (const block of [...file.blocks.values()].flat()) {
    const schema = block.declaration.schema?.element;
    if (schema === undefined || block.element.attributes.some(({ name }) => name === 'configSource')) continue;
    try {
      mergeSection(schema, [block]);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      errors.push(error);
    }
  }
  return errors;
}
