import type { CommandLine } from './command-line.js';
import type { Verbs } from './world.js';

/** Help at the three levels of the real appcmd: no word, an object, a verb and an object. Exit code 1, as in the real one. */
export function helpText(line: CommandLine, objects: Readonly<Record<string, Verbs>>): string {
  const verbs = objects[line.object];
  const usage = 'APPCMD (command) (object-type) <identifier> </parameter1:value1 ...>';
  if (verbs === undefined) {
    const names = Object.keys(objects).map((name) => `  ${name.toUpperCase()}`);
    return `The embedded IIS's own appcmd.\n\n${usage}\n\nSupported object types:\n\n${names.join('\n')}\n`;
  }
  const object = line.object.toUpperCase();
  if (line.verb !== '' && Object.hasOwn(verbs, line.verb)) {
    return `APPCMD ${line.verb.toUpperCase()} ${object} <identifier> </parameter1:value1 ...>\n`;
  }
  const list = Object.keys(verbs).map((verb) => `  ${verb}`);
  return `APPCMD (command) ${object} <identifier> </parameter1:value1 ...>\n\nSupported commands:\n\n${list.join('\n')}\n`;
}
