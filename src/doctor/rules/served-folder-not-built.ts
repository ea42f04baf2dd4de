import { iisnodeSock } from '../../typed-command.js';
import { hostedElsewhere } from '../facts/realtime.js';
import { unbuiltClients } from '../facts/unbuilt-clients.js';
import { defineRule } from './define-rule.js';

/** The server serves the output of a build that has not run. */
export const servedFolderNotBuilt = defineRule({
  code: 'SERVED_FOLDER_NOT_BUILT',
  severity: 'warning',
  explains: ['PAGE_FAILED', 'PAGE_FILE_MISSING'],
  title: 'The page has not been built yet',
  why: 'The server serves files of that folder: until the build creates it, the page is 404.',
  help: `The server serves a folder (express.static, serve-static, @fastify/static) that does not exist, in a package with a build script:
client/dist of client/package.json, for example. Run the build of that package before deploying: npm run build --prefix client.
${iisnodeSock} init runs it when it adopts the app, if the packages of the client are installed.`,
  check(facts) {
    if (hostedElsewhere(facts)) return [];
    return unbuiltClients(facts).map(({ folder, serves, at }) => ({
      message: `The server serves ${serves}, which does not exist yet.`,
      fix: folder === '' ? 'npm run build' : `npm run build --prefix ${folder}`,
      at,
    }));
  },
});
