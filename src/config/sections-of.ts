import type { XmlDocument } from '../xml/index.js';
import { readConfigFile } from './config-file.js';
import { allDeclarations } from './declarations.js';

/**
 * Paths of the sections that a web.config sets, in and outside its locations, in document order:
 * `['system.webServer/handlers', 'system.webServer/iisnode']`. Undeclared sections are left out.
 */
export function sectionsOf(document: XmlDocument): string[] {
  const level = { key: '/', configPath: '', basePath: '' };
  return [...readConfigFile(document, { level, declarations: allDeclarations, source: () => undefined }).blocks.keys()];
}
