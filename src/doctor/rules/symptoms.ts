import type { Explained, TrialCode } from '../types.js';

/** No request for socket.io is answered as it should be. */
export const socketsFail: readonly TrialCode[] = ['CLIENT_SCRIPT_FAILED', 'HANDSHAKE_FAILED', 'WEBSOCKET_FAILED'];

/** Nothing of the app is answered as it should be, though IIS and node run. */
export const everythingFails: readonly TrialCode[] = ['PAGE_FAILED', 'PAGE_FILE_MISSING', ...socketsFail];

/** The same for those failures alone whose message or reason has this text. */
const failuresSaying = (findings: readonly TrialCode[], saying: RegExp): readonly Explained[] =>
  findings.map((finding) => ({ finding, saying }));

/** A redirect is the answer. */
export const redirectsEverything = failuresSaying(everythingFails, /\bredirect/i);
export const redirectsSockets = failuresSaying(socketsFail, /\bredirect/i);

/** IIS refuses the request because of a server variable that a rule sets: 500.50. */
export const variableIsRefused = failuresSaying(everythingFails, /\b500\.50\b/);

/** IIS cannot rewrite the answer: 500.52. */
export const answerIsNotRewritten = failuresSaying(everythingFails, /\b500\.52\b/);

/** node does not find a package or a file that the app loads. */
export const moduleIsMissing: Explained = { finding: 'APP_CRASHED', saying: /Cannot find (?:module|package)/ };

/** node refuses a port: a pipe's name as a number, or a port that is taken. */
export const portIsRefused: Explained = {
  finding: 'APP_CRASHED',
  saying: /ERR_SOCKET_BAD_PORT|EADDRINUSE|EACCES|\boptions\.port\b|"port"|\blisten\b/i,
};

/** Codes of rules whose findings may come from a part of web.config that IIS refuses, and that is then missing. */
export const configuredAway: readonly string[] = [
  'HANDLER_FOR_ENTRY_MISSING',
  'REWRITE_TARGET_UNHANDLED',
  'SOCKET_REWRITE_MISSING',
  'SOCKET_REWRITE_SWALLOWED',
  'ROUTES_NOT_REWRITTEN',
  'WEBSOCKET_MODULE_ENABLED',
];
