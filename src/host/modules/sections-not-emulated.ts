import type { ConfigModel } from '../../config/index.js';
import { sectionsOf } from '../../config/index.js';
import type { Stage } from '../../pipeline/index.js';
import { diskReader } from '../../webconfig/index.js';
import { findElement, parseXml } from '../../xml/index.js';
import type { HostEvent } from '../types.js';

/**
 * Sections that change nothing for what the embedded IIS serves, so that a warning would only be noise: nothing is compressed
 * here, and what is .NET's is not run.
 */
const inert = [
  'connectionStrings',
  'system.web',
  'system.codedom',
  'runtime',
  'system.webServer/httpCompression',
  'system.webServer/urlCompression',
  'system.webServer/validation',
];

/**
 * One warning for each section a web.config sets and no stage of the pipeline honours: what is ignored in silence here would
 * work differently on the server. Files that cannot be read are left to the 500.19 they cause.
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
          message: `The embedded IIS does not act on ${section}; a real IIS does.`,
          file,
          ...(element && { line: document.positionAt(element.span.start).line }),
        };
      });
  } catch {
    return []; // not well-formed or not readable: requests below it get 500.19 with the place
  }
}
