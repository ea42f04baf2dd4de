import { iisnodeSock } from '../../typed-command.js';
import { hostedElsewhere } from '../facts/realtime.js';
import { defineRule } from './define-rule.js';

/** IIS sends the server's own scripts to clients. */
export const serverSourceExposed = defineRule({
  code: 'SERVER_SOURCE_EXPOSED',
  severity: 'warning',
  title: "IIS sends the server's sources to clients",
  why: 'Every client that requests such a file gets its source, with any secrets in it; a rewrite rule for URLs that are not files does not change that.',
  help: `Only the entry point has a handler; the scripts it loads are files in the app's folder like pictures and style sheets, and IIS
serves them. A list of hidden names is not safe: it lacks the file that is added next. Send every URL to node instead, also the names of
files, by the last rule: <rule name="all to node" stopProcessing="true"><match url=".*" /><action type="Rewrite" url="server.js" /></rule>.
Pages and pictures then come from node (express.static), or IIS serves the files of one folder: "${iisnodeSock} init --static public" writes
both rules into a new web.config. Files that a page loads are not reported.`,
  explains: ['LIVE_SOURCE_EXPOSED', 'LIVE_PACKAGES_EXPOSED'],
  check(facts) {
    const { site } = facts;
    const entry = facts.entries.find(({ exists }) => exists);
    if (!site || !entry || site.iisnodeHandlers.length === 0 || hostedElsewhere(facts)) return [];
    const entries = new Set(facts.entries.map(({ name }) => name.toLowerCase()));
    const ofPages = new Set(facts.pages.flatMap(({ files }) => files));
    const exposed = [...new Set(facts.server.scripts.flatMap(({ loaded }) => loaded?.name ?? []))].filter(
      (name) => !entries.has(name.toLowerCase()) && !ofPages.has(name) && facts.query.handsOut(name),
    );
    const [first] = exposed;
    if (first === undefined) return [];
    const some = exposed.slice(0, 4).join(', ') + (exposed.length > 4 ? ` and ${exposed.length - 4} more` : '');
    const [handler] = site.iisnodeHandlers;
    const at = handler?.origin && facts.query.placeOf(handler.origin);
    return [
      {
        message: `IIS sends ${some} of the server to every client that requests it.`,
        fix: `A last rule that sends every URL to node: <match url=".*" /> <action type="Rewrite" url="${entry.name}" />`,
        ...(at && { at }),
      },
    ];
  },
});
