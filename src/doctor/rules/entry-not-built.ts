import { programOf } from '../../app/index.js';
import { iisnodeSock } from '../../typed-command.js';
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
for an app that has a tsconfig.json.`,
  check(facts) {
    return missingEntries(facts)
      .filter((entry) => isBuilt(facts, entry))
      .map((entry) => {
        const at = placeOfEntry(facts, entry);
        return { message: `${programOf(entry).name} is not built yet.`, fix: 'npm run build', ...(at && { at }) };
      });
  },
});
