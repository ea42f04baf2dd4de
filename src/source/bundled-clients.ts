import { isBuiltin } from 'node:module';
import type { AnyNode } from 'acorn';
import { mayWrap } from './client-wrappers.js';
import { codeText } from './code-text.js';
import type { AppFolder } from './folder.js';
import { importedValue } from './imported-value.js';
import { readOtherScripts } from './other-scripts.js';
import type { PageFacts } from './pages.js';
import { readRootRequests } from './root-requests.js';
import type { ServerScript } from './server-sources.js';
import { readSocketClients } from './socket-client.js';

/** Every script that connects to socket.io, or asks the site's root for something, matches one of these. */
const mayConnect = /\bsocket\.io|\bio\s*[.(]/;
const mayRequest = /["'`]\/[\w.]/;

/**
 * Scripts that connect to socket.io, or request URLs at the root of the site, and that no page loads directly, because a bundler adds
 * them to one: each as a page without a URL. Servers, and programs for node such as a load test, are not included.
 *
 * @param known The scripts of the server and of the pages: relative names, forward slashes.
 */
export function readBundledClients(folder: AppFolder, known: ReadonlySet<string>): PageFacts[] {
  return readOtherScripts(folder, known, (text) => mayConnect.test(text) || mayWrap(text) || mayRequest.test(text))
    .filter((script) => !isServer(script) && !isForNode(script))
    .flatMap(({ name, context }) => {
      const imported = context && ((node: AnyNode) => importedValue(folder, name, context, node));
      const clients = context ? readSocketClients({ ...context, ...(imported && { imported }) }) : [];
      const requests = context ? readRootRequests(context) : [];
      if (clients.length === 0 && requests.length === 0) return [];
      return [{ name, isBundled: true, scripts: [], policies: [], clients, requests, files: [name] }];
    });
}

const isServer = ({ sockets, listens, routes }: ServerScript): boolean =>
  sockets.servers.length > 0 || listens.length > 0 || routes.handed !== undefined;

/** It uses features that browsers do not have. */
const isForNode = (script: ServerScript): boolean =>
  script.source.text.startsWith('#!') ||
  /\bprocess\.(argv|exit)\b/.test(codeText(script)) ||
  (script.context?.modules ?? []).some(({ specifier }) => isBuiltin(specifier));
