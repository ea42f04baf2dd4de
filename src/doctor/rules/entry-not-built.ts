import { builderOf, programOf } from '../../app/index.js';
import { quoteForCmd } from '../../quoting.js';
import { iisnodeSock } from '../../typed-command.js';
import type { FileFacts } from '../types.js';
import { defineRule } from './define-rule.js';
import { isBuilt, missingEntries, placeOfEntry } from './entry-file-missing.js';
import { everythingFails, moduleIsMissing } from './symptoms.js';

/** The entry point is created by a build that has not run. */
export const entryNotBuilt = defineRule({
  code: 'ENTRY_NOT_BUILT',
  severity: 'info',
  explains: ['APP_NOT_STARTED', moduleIsMissing, ...everythingFails],
  title: 'The entry point has not been built yet',
  why: 'The build creates the file; without it iisnode answers 404.',
  help: `web.config points into a folder that a build script of package.json fills (dist, build, lib), or at a file that is compiled
from TypeScript (server.ts, src/server.ts). This is not an error: run the build before deploying. ${iisnodeSock} deploy runs it
for an app that has a tsconfig.json, or whose package with the entry point has one.`,
  check(facts) {
    return missingEntries(facts)
      .filter((entry) => isBuilt(facts, entry))
      .map((entry) => {
        const at = placeOfEntry(facts, entry);
        const { name } = programOf(entry);
        return { message: `${name} is not built yet.`, fix: buildCommand(facts, name), ...(at && { at }) };
      });
  },
});

/** The build of the app, or of the package below that the file is in. */
function buildCommand({ folder }: FileFacts, name: string): string {
  const { folder: at = '', script = 'build' } = builderOf(folder, name) ?? {};
  return `npm run ${script}${at === '' ? '' : ` --prefix ${quoteForCmd(at)}`}`;
}
