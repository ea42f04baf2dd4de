import { builderOf, type Entry, programOf } from '../../app/index.js';
import { quoteForShell } from '../../quoting.js';
import { compiledTo, isTypeScript, placeAt } from '../../source/index.js';
import { iisnodeSock } from '../../typed-command.js';
import { mayBeTranspiled } from '../facts/transpiled.js';
import type { FileFacts, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';
import { isBuilt, missingEntries, placeOfEntry } from './entry-file-missing.js';
import { everythingFails, moduleIsMissing } from './symptoms.js';

/** The entry point is created by a build that has not run. */
export const entryNotBuilt = defineRule({
  code: 'ENTRY_NOT_BUILT',
  severity: 'info',
  explains: [
    'APP_NOT_STARTED',
    moduleIsMissing,
    { finding: 'APP_CRASHED', saying: /SyntaxError|ERR_UNKNOWN_FILE_EXTENSION|ERR_UNSUPPORTED_TYPESCRIPT/ },
    ...everythingFails,
  ],
  title: 'The entry point has not been built yet',
  why: 'The build creates the file; without it iisnode answers 404.',
  help: `web.config points into a folder that a build script of package.json fills (dist, build, lib), or at a file that is compiled
from TypeScript (server.ts, src/server.ts). This is not an error: run the build before deploying. ${iisnodeSock} deploy runs it
for an app that has a tsconfig.json, or whose package with the entry point has one. Where web.config names the TypeScript itself, only node
22.18, 23.6 and newer reads it, without enums, namespaces and tsconfig.json: name the file that the build makes.`,
  check(facts) {
    const missing = missingEntries(facts)
      .filter((entry) => isBuilt(facts, entry))
      .map((entry) => {
        const at = placeOfEntry(facts, entry);
        const { name } = programOf(entry);
        return { message: `${name} is not built yet.`, fix: buildCommand(facts, name), ...(at && { at }) };
      });
    return [...missing, ...facts.entries.flatMap((entry) => findTypeScript(facts, entry) ?? [])];
  },
});

/** At the start of a line, so not behind `declare`: it is more than a type. */
const notErasable = /^(?:export\s+)?(?:const\s+)?(?:enum|namespace)\s+\w+\s*\{/m;

/** node removes types since 22.18 and 23.6, and refuses what is more than a type (nodejs.org/api/typescript). */
function findTypeScript(facts: FileFacts, entry: Entry): RuleFinding | undefined {
  const { from, exists, name } = entry;
  const [script] = facts.query.scriptsOf(entry);
  const isRun = exists && (from === 'handler' || (from === 'rewrite' && facts.query.isHandledByIisnode(name) === true));
  if (!isRun || !isTypeScript(name) || script === undefined) return undefined;
  if (mayBeTranspiled(facts, [{ ...script, name }])) return undefined;
  const open = notErasable.exec(script.source.text);
  const reads = open === null ? 'node before 22.18 does not read' : 'no version of node reads by itself';
  return {
    severity: open === null ? 'warning' : 'error',
    message: `${name} is TypeScript${open === null ? '' : ` with ${open[0].replace(/\s*\{$/, '')}`}, which ${reads}.`,
    why: 'node ends with a SyntaxError before it listens, and iisnode answers 500.1002.',
    fix: `compile it (${buildCommand(facts, name)}), and name ${compiledTo(facts.folder, name) ?? 'the compiled file'} in the handler and the rules`,
    at: placeAt(script.source, open?.index ?? 0),
  };
}

/** The build of the app, or of the package below that the file is in. */
function buildCommand({ folder }: FileFacts, name: string): string {
  const { folder: at = '', script = 'build' } = builderOf(folder, name) ?? {};
  return `npm run ${script}${at === '' ? '' : ` --prefix ${quoteForShell(at)}`}`;
}
