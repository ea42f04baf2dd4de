import path from 'node:path';
import { type IisnodeAttribute, sectionAt } from '../../webconfig/index.js';
import { attribute, setAttributeEdit } from '../../xml/index.js';
import type { FileFacts, FixEdit } from '../types.js';
import { editWebConfig, insertInWebServer } from './web-config-edits.js';

/** The text to write for a setting of iisnode, in the place that takes effect: web.config, iisnode.yml or the environment. */
export function settingText({ iisnode }: FileFacts, name: IisnodeAttribute, value: string): string {
  const source = iisnode?.sources[name];
  if (source === 'iisnode.yml') return `${name}: ${value} in ${path.basename(iisnode?.ymlFile ?? 'iisnode.yml')}`;
  if (source === 'environment') return `IISNODE_${name}=${value} in the environment of the worker process`;
  return `${name}="${value}"`;
}

/** Sets an attribute of the iisnode section; no edit where iisnode.yml or the environment overrides web.config. */
export function setIisnodeAttribute(facts: FileFacts, name: IisnodeAttribute, value: string): readonly FixEdit[] {
  const source = facts.iisnode?.sources[name];
  if (source !== 'default' && source !== 'web.config' && source !== 'computed') return [];
  return editWebConfig(facts, (document) => {
    const section = sectionAt(document, 'system.webServer/iisnode');
    // With configSource IIS allows no other attribute.
    if (section && attribute(section, 'configSource') !== undefined) return [];
    return section
      ? setAttributeEdit(document, section, name, value)
      : insertInWebServer(document, [], `<iisnode ${name}="${value}" />`);
  });
}
