import { attribute, findElements, type XmlDocument } from '../xml/index.js';
import { sectionsAt } from './sections.js';
import type { VariableSetting } from './vdir-path.js';

/** The environment variables that a web.config gives to processes of HttpPlatformHandler, as appSettings are those of iisnode. */
export const platformSettings = (document: XmlDocument, file: string): readonly VariableSetting[] =>
  sectionsAt(document, 'system.webServer/httpPlatform')
    .flatMap((section) => findElements(section, 'environmentVariables/environmentVariable'))
    .map((element) => ({
      key: attribute(element, 'name') ?? '',
      value: attribute(element, 'value'),
      origin: { file, line: document.positionAt(element.span.start).line },
    }));
