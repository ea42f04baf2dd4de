import type { Cause } from '../known-text.js';
import { moduleIsOff } from '../ruled-out.js';

/** Causes that several texts have. */

export const moduleOn: Cause = {
  says: "IIS's own WebSocket module takes the upgrade before iisnode sees it",
  fix: '<webSocket enabled="false" /> in system.webServer of the app',
  rules: ['WEBSOCKET_MODULE_ENABLED'],
  unless: moduleIsOff,
};
export const path: Cause = {
  says: 'the path of the client is not the one of the server (a virtual directory)',
  fix: "path: '/app/socket.io' on both ends",
  rules: ['SOCKET_PATH_MISMATCH_CLIENT', 'SOCKET_PATH_MISMATCH_SERVER', 'VDIR_PATH_MISMATCH'],
};
export const rewrite: Cause = {
  says: "no rule sends socket.io's URLs to node, or another rule takes them first",
  fix: 'a rule for socket.io before all others, with stopProcessing="true"; doctor --fix adds it',
  rules: [
    'SOCKET_REWRITE_MISSING',
    'SOCKET_REWRITE_SWALLOWED',
    'SOCKET_REWRITE_UNANCHORED',
    'LIVE_CLIENT_SCRIPT_FAILS',
    'CLIENT_SCRIPT_FAILED',
  ],
};
export const notAttached: Cause = {
  says: 'socket.io is attached to another http server than the one that listens',
  fix: 'server.listen(...) on the server that was given to socket.io, not app.listen',
  rules: ['WRONG_SERVER_LISTENS', 'SOCKET_SERVER_NOT_FOUND'],
};
/** The console, or the page, names the host of Azure. */
export const azureSwitchOff: Cause = {
  says: 'on Azure the switch Web sockets is off',
  fix: 'az webapp config set --web-sockets-enabled true',
  when: /azurewebsites/i,
};
export const httpsServer: Cause = {
  says: 'the app creates an https server: TLS ends at IIS, the pipe speaks HTTP',
  fix: 'http.createServer(app)',
  rules: ['TLS_SERVER'],
};
