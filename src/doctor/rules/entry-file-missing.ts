import path from 'node:path';
import type { Entry, Program } from '../../app/index.js';
import { literalNames, literalTarget, programOf } from '../../app/index.js';
import { iisnodeSock } from '../../typed-command.js';
import { isBuiltFile } from '../facts/build-product.js';
import { isWrongTarget } from '../facts/wrong-target.js';
import type { FileFacts, Place, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';
import { everythingFails, moduleIsMissing } from './symptoms.js';

/** The build creates it. */
export function isBuilt(facts: FileFacts, entry: Entry): boolean {
  return isBuiltFile(facts, programOf(entry).name);
}

/** Where web.config names a program. */
export function placeOfEntry(facts: FileFacts, entry: Entry): Place | undefined {
  const { site, query } = facts;
  const same = (name: string | undefined): boolean => name?.toLowerCase() === entry.name.toLowerCase();
  const handler = site?.iisnodeHandlers.find((mapping) => literalNames(mapping.path).some(same));
  const rule = site?.rewrite?.rules.find(
    ({ action }) => action.type === 'Rewrite' && same(literalTarget(action.url, site.vdirPath)),
  );
  const origin = handler?.origin ?? rule?.origin;
  return origin && query.placeOf(origin);
}

/** Entry files in web.config, or that its loader loads, which do not exist; only where there are sources to compare with. */
export function missingEntries(facts: FileFacts): Entry[] {
  if (!facts.folder.hasSources || !facts.site) return [];
  return facts.entries.filter((entry) => {
    if ((entry.exists && programOf(entry).exists) || entry.from === 'package.json' || entry.from === 'name')
      return false;
    return entry.from === 'handler' || facts.query.isHandledByIisnode(entry.name) === true;
  });
}

/** The loader itself, or what it loads. */
const missing = (entry: Entry): Program => (entry.exists ? programOf(entry) : entry);

/** A file of the same name elsewhere in the app, or the app's likely entry point. */
function likelyEntry(facts: FileFacts, entry: Entry): string | undefined {
  const base = path.posix.basename(missing(entry).name).toLowerCase();
  const stem = base.replace(/\.\w+$/, '');
  const named = facts.folder.files.find((file) => path.posix.basename(file).toLowerCase() === base);
  const similar = facts.folder.files.find((file) =>
    new RegExp(`^${escaped(stem)}\\.(c|m)?js$`, 'i').test(path.posix.basename(file)),
  );
  return named ?? similar ?? facts.entries.find(({ exists, program }) => exists && !program)?.name;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** In a virtual directory the loader has a second file. */
function missingBeside({ loader }: FileFacts): RuleFinding[] {
  if (loader?.missing === undefined) return [];
  return [
    {
      message: `${loader.missing}, which ${loader.name} loads in a virtual directory, does not exist.`,
      fix: `${iisnodeSock} init . writes it`,
    },
  ];
}

/** web.config names a program that does not exist. */
export const entryFileMissing = defineRule({
  code: 'ENTRY_FILE_MISSING',
  severity: 'error',
  explains: ['APP_NOT_STARTED', moduleIsMissing, ...everythingFails],
  title: 'The entry point does not exist',
  why: 'iisnode answers every request for it with 404, or node exits before it listens (500.1002).',
  help: `A handler entry or a rewrite rule names a program that is not in the app's folder. Names are compared as Windows does,
ignoring case. Correct the path in web.config, both in the handler and in every rule, or put the file there. If the
file is created by a build, run the build before deploying.`,
  check(facts) {
    const entries = missingEntries(facts)
      // TARGET_OUTSIDE_APP reports what is only a wrong target.
      .filter((entry) => !isBuilt(facts, entry) && !isWrongTarget(facts, entry.name))
      .map((entry) => {
        const other = likelyEntry(facts, entry);
        const at = placeOfEntry(facts, entry);
        const { name } = missing(entry);
        const by = entry.exists ? `${entry.name} loads` : 'web.config gives to iisnode';
        const fault = facts.folder.isDirectory(name) ? 'is a folder, not a file' : 'does not exist';
        return {
          message: `${name}, which ${by}, ${fault}.`,
          fix: other ? `Did you mean ${other}?` : `Put ${name} into the folder, or name the right file.`,
          ...(at && { at }),
        };
      });
    return [...entries, ...missingBeside(facts)];
  },
});
