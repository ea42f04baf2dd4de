import type { ConfigModel } from '../../config/index.js';
import { sectionsOf } from '../../config/index.js';
import type { Stage } from '../../pipeline/index.js';
import { diskReader } from '../../webconfig/index.js';
import { findElement, parseXml } from '../../xml/index.js';
import type { HostEvent } from '../types.js';

/**
 * Sections for which a warning would be noise: they have no effect on what the embedded IIS serves (.NET is not run), or its
 * listener obeys them.
 */
const inert = [
  'connectionStrings',
  'system.web',
  'system.codedom',
  'runtime',
  'system.webServer/serverRuntime',
  'system.webServer/validation',
];

/**
 * One warning for each section that a web.config sets and no stage of the pipeline implements: if it were ignored silently, the
 * app would work differently on the server. Files that cannot be read are skipped: they cause a 500.19.
 */
export function sectionsNotEmulated(
  model: ConfigModel,
  stages: readonly Stage[],
  alreadySaid: Set<string>,
): readonly HostEvent[] {
  const honoured = [...stages.flatMap((stage) => stage.implements), ...inert];
  return model.files
    .filter((file) => /web\.config$/i.test(file) && !alreadySaid.has(file))
    .flatMap((file) => {
      alreadySaid.add(file);
      return warningsFor(file, honoured);
    });
}

function warningsFor(file: string, honoured: readonly string[]): readonly HostEvent[] {
  try {
    const bytes = diskReader.read(file);
    if (bytes === undefined) return [];
    const document = parseXml(bytes, file);
    return sectionsOf(document)
      .filter((section) => !honoured.some((name) => section === name || section.startsWith(`${name}/`)))
      .map((section) => {
        const element = findElement(document.root, section);
        return {
          level: 'warning' as const,
          code: 'SECTION_NOT_EMULATED',
          message: `The embedded IIS does not implement ${section}; a real IIS does.`,
          file,
          ...(element && { line: document.positionAt(element.span.start).line }),
        };
      });
  } catch {
    return []; // not well-formed or not readable: requests below it get 500.19 with the place
  }
}
