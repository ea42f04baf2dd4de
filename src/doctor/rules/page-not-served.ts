import { codeText, type Route } from '../../source/index.js';
import { upTo } from '../../trimmed.js';
import { iisnodeSock } from '../../typed-command.js';
import { hostedElsewhere } from '../facts/realtime.js';
import type { FileFacts } from '../types.js';
import { defineRule } from './define-rule.js';

/** Documents that IIS opens for a folder's URL (applicationHost.config of IIS 10, defaultDocument). */
const defaultDocument = /^(default\.html?|index\.html?)$/i;

/** A route of another URL than the app's own, and nothing else. */
const isOther = ({ path, isStatic, isUnseen }: Route): boolean =>
  path?.kind === 'literal' && !isStatic && !isUnseen && /[a-z\d]/i.test(upTo(String(path.value), ':*{('));

/** Does the code answer the app's own URL, as far as it shows, or name the page? */
const mayServe = ({ server }: FileFacts, page: string): boolean =>
  server.scripts.some(
    ({ routes: { handed, readsUrls, routes } }) =>
      readsUrls !== undefined || (handed !== undefined && routes.length === 0) || !routes.every(isOther),
  ) || server.scripts.some((script) => codeText(script).includes(page));

/** A page beside web.config that node does not serve, and IIS is not asked for. */
export const pageNotServed = defineRule({
  code: 'PAGE_NOT_SERVED',
  severity: 'info',
  explains: ['PAGE_FAILED'],
  title: 'The app has a page that nothing serves',
  why: "Browsers get node's answer for the URL of the app, mostly 404, instead of the page.",
  help: `IIS opens index.html for the URL of a folder only when no rewrite rule sends that URL to node. The web.config that init writes
sends every URL to node, so that no file of the app is served by accident. Let the server answer with the page (express.static for its
folder, or response.sendFile), or let IIS serve the files of a folder: ${iisnodeSock} init . --static public. The code is not
executed: a page that a framework or a module outside the app serves is reported as well.`,
  check(facts) {
    const page = facts.folder.files.find((name) => defaultDocument.test(name));
    const isNodes = facts.query.journey('')?.isIisnode === true;
    if (page === undefined || !isNodes || hostedElsewhere(facts) || facts.server.scripts.length === 0) return [];
    if (mayServe(facts, page)) return [];
    return [
      {
        message: `All URLs go to node, and its code does not serve ${page}.`,
        fix: `Serve ${page} in the server, or move it into a folder that IIS serves (init --static).`,
      },
    ];
  },
});
