import { attribute, findElement, setAttributeEdit, type XmlDocument, type XmlElement } from '../xml/index.js';
import { appSettingsCollection, entriesLeft } from './collections.js';
import { appSettingsComment, appSettingXml } from './fragments.js';
import type { PatchChange, PatchStep } from './patch-step.js';
import { insertIntoSection, sectionAt } from './sections.js';
import { appSettingsOf } from './wants.js';

/** virtualDirPath and the other environment variables of node. */
export const patchAppSettings: PatchStep = (document, wants) => {
  const present = entriesLeft(document, appSettingsCollection);
  for (const [key, value] of appSettingsOf(wants)) {
    const add = present.find((element) => attribute(element, 'key')?.toLowerCase() === key.toLowerCase());
    if (add) {
      const change = changeSetting(document, add, key, value);
      if (change) return change;
    } else if (key !== 'transports' || wants.transportsSetting === true)
      return { edits: addSetting(document, key, value), changes: [`appSettings: added ${key}="${value}"`] };
    // An existing app has its transports in its own code: unless asked for, the setting is only updated where it exists.
  }
  return undefined;
};

function changeSetting(document: XmlDocument, add: XmlElement, key: string, value: string): PatchChange | undefined {
  const before = attribute(add, 'value');
  if (before === value) return undefined;
  return {
    edits: setAttributeEdit(document, add, 'value', value),
    changes: [`appSettings: ${key} is "${value}", was "${before ?? ''}"`],
  };
}

function addSetting(document: XmlDocument, key: string, value: string): PatchChange['edits'] {
  const section = sectionAt(document, 'appSettings');
  const xml = appSettingXml(key, value);
  return insertIntoSection(document, 'appSettings', section ? xml : `${appSettingsComment}\n${xml}`, {
    // In IIS configSections must be first; settings are most readable above the rest.
    near: findElement(document.root, 'system.webServer'),
  });
}
