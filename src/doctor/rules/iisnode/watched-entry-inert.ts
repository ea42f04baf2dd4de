import { programOf } from '../../../app/index.js';
import { isBuiltFile } from '../../facts/build-product.js';
import { hasIisnodeHandler } from '../../facts/realtime.js';
import type { FileFacts, RuleFinding } from '../../types.js';
import { defineRule } from '../define-rule.js';

const name = 'watchedFiles';

/** The folder of the entry point, relative to the app: entries are relative to it. */
function baseOf({ entries }: FileFacts): string {
  const entry = entries.find(({ exists }) => exists) ?? entries[0];
  return entry?.name.includes('/') ? entry.name.slice(0, entry.name.lastIndexOf('/') + 1) : '';
}

/** Does the build that creates an entry point create its folder, too? That the build is missing is another rule's. */
const isMadeByBuild = (facts: FileFacts, directory: string): boolean =>
  facts.entries
    .map((entry) => programOf(entry).name)
    .some((name) => name.startsWith(`${directory}/`) && isBuiltFile(facts, name));

/** What is wrong with one entry of the list (iisnode.md 3.7). */
function faultOf(facts: FileFacts, entry: string): Pick<RuleFinding, 'severity' | 'message' | 'why'> | undefined {
  const file = entry.slice(entry.lastIndexOf('\\') + 1);
  const folder = entry.slice(0, Math.max(0, entry.lastIndexOf('\\')));
  if (entry.trim() === '' || file === '') return undefined;
  if (entry.includes('/')) {
    return { message: `${name} has ${entry}: iisnode takes / for a part of a file name, and watches nothing.` };
  }
  if (/^\s|\s$/.test(entry)) {
    return { message: `${name} has "${entry}": iisnode keeps the blank as a part of the name, and watches nothing.` };
  }
  if (/^[a-z]:|(^|\\)\.\.?(\\|$)/i.test(entry)) {
    return { message: `${name} has ${entry}, which is not a name below the folder of the entry point.` };
  }
  if (/[*?]/.test(folder)) {
    return {
      severity: 'error',
      message: `${name} has ${entry}: iisnode cannot open that folder.`,
      why: 'iisnode does not start the app when a watched folder cannot be opened: every request is answered with 500.1000.',
    };
  }
  const parent = folder.includes('\\') ? folder.slice(0, folder.lastIndexOf('\\')).replaceAll('\\', '/') : '';
  const directory = baseOf(facts) + parent;
  if (parent === '' || !facts.folder.hasSources || facts.folder.isDirectory(directory)) return undefined;
  if (isMadeByBuild(facts, directory)) return undefined;
  return {
    severity: 'error',
    message: `${name} has ${entry}, but the folder ${parent} does not exist.`,
    why: 'iisnode tolerates a watched folder that is missing, but not one whose parent is missing too: every request is answered with 500.1000.',
  };
}

/** iisnode does not watch what the list is meant to say (symptoms.md S52). */
export const watchedEntryInert = defineRule({
  code: 'WATCHED_ENTRY_INERT',
  severity: 'warning',
  title: 'An entry of watchedFiles watches nothing',
  why: 'The app is not restarted when such a file changes: visitors get the old code until the application pool is recycled.',
  help: `watchedFiles is a list of names, separated by ; without blanks, relative to the folder of the entry point. Folders are separated by \\ and
have no wildcards, .. or drive; the name of the file may have * and ?. A folder is watched without those below it: *.js;routes\\*.js;
iisnode.yml. With a folder that iisnode cannot open the app does not start at all. A list of your own replaces the default
*.js;iisnode.yml.`,
  check(facts) {
    const { iisnode } = facts;
    if (iisnode === undefined || iisnode.sources[name] === 'default' || !hasIisnodeHandler(facts)) return [];
    const at = facts.query.iisnodePlace(name);
    return iisnode.values[name].split(';').flatMap((entry): RuleFinding[] => {
      const fault = faultOf(facts, entry);
      const fix = entry.includes('/') ? entry.replaceAll('/', '\\') : 'Names below the folder of the entry point';
      return fault ? [{ ...fault, fix, ...(at && { at }) }] : [];
    });
  },
});
