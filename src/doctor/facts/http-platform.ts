import path from 'node:path';
import { type ProgramPath, programOfProcessPath, sectionsAt } from '../../webconfig/index.js';
import { attribute, findElements, type XmlDocument, type XmlElement } from '../../xml/index.js';
import type { FileFacts } from './facts.js';
import { hostedElsewhere } from './realtime.js';

/** A site where HttpPlatformHandler starts node: what its section says. */
export interface HttpPlatform {
  readonly document: XmlDocument;
  /** The section; IIS itself reads it only where the module is installed. */
  readonly section: XmlElement;
  readonly processPath: string;
  /** The program in it. */
  readonly program: ProgramPath;
  readonly arguments: string;
  /** The environment variables that node gets, besides those of the worker process. */
  readonly variables: readonly { readonly name: string; readonly value: string; readonly element: XmlElement }[];
}

/** undefined where another module starts node. */
export function httpPlatformOf(facts: FileFacts): HttpPlatform | undefined {
  const { document } = facts.webConfig;
  const section = document && sectionsAt(document, 'system.webServer/httpPlatform')[0];
  if (document === undefined || section === undefined || !hostedElsewhere(facts)) return undefined;
  const processPath = attribute(section, 'processPath') ?? '';
  return {
    document,
    section,
    processPath,
    program: programOfProcessPath(processPath),
    arguments: attribute(section, 'arguments') ?? '',
    variables: findElements(section, 'environmentVariables/environmentVariable').map((element) => ({
      name: attribute(element, 'name') ?? '',
      value: attribute(element, 'value') ?? '',
      element,
    })),
  };
}

/** `npm start`, `yarn run start`, `cmd /c npm run start`: the program of package.json's start script. */
const startScript = /\b(?:npm|pnpm|yarn)(?:\.cmd)?["']?\s+(?:run(?:-script)?\s+)?start(?![\w:.-])/i;

/** Does its command line start the program that the doctor read? */
export function startsEntry({ entries }: FileFacts, { processPath, arguments: words }: HttpPlatform): boolean {
  if (startScript.test(`${processPath} ${words}`)) return entries.length > 0;
  return entries.some(({ name }) => words.toLowerCase().includes(path.posix.basename(name).toLowerCase()));
}
