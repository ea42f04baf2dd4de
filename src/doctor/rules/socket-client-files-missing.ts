import { programOf } from '../../app/index.js';
import { readServerBundle } from '../../source/index.js';
import { defineRule } from './define-rule.js';

/** A bundle has socket.io in it, and not the client scripts that socket.io serves. */
export const socketClientFilesMissing = defineRule({
  code: 'SOCKET_CLIENT_FILES_MISSING',
  severity: 'warning',
  title: 'A bundle of socket.io has no client scripts beside it',
  why: 'A page that loads /socket.io/socket.io.js gets no answer (500.1013), and never connects.',
  help: `socket.io reads the scripts that it serves to browsers from a folder of its package, client-dist. A bundler puts socket.io's code
into one file and leaves that folder behind; the code then looks for it above the folder of the bundle. Copy it there after each build
(node_modules/socket.io/client-dist), as init does where socket.io is installed, or leave socket.io out of the bundle (--external:socket.io of esbuild, externals of webpack) and
install it on the server. Pages that have the client in a bundle of their own, or load it from another host, do not need it: say
serveClient: false.`,
  check({ folder, entries }) {
    return entries.flatMap((entry) => {
      const { clients, name } = readServerBundle(folder, programOf(entry).name) ?? {};
      if (clients === undefined || folder.isFile(`${clients.folder}/socket.io.js`)) return [];
      return [
        {
          message: `${name} has socket.io in it, which looks for its client scripts in ${clients.folder}, and they are not there.`,
          fix: `copy node_modules/socket.io/client-dist to ${clients.folder} after the build`,
          at: clients.at,
        },
      ];
    });
  },
});
