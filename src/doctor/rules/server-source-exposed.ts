import { someOf } from '../../amounts.js';
import { iisnodeSock } from '../../typed-command.js';
import { secretFiles, serverScripts } from '../facts/private-files.js';
import { hostedElsewhere } from '../facts/realtime.js';
import type { FileFacts, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';

/** IIS sends the server's own scripts and settings to clients. */
export const serverSourceExposed = defineRule({
  code: 'SERVER_SOURCE_EXPOSED',
  severity: 'warning',
  title: "IIS sends the server's sources or settings to clients",
  why: 'Every client that requests such a file gets its text, with any secrets in it; a rewrite rule for URLs that are not files does not change that.',
  help: `Only the entry point has a handler; the scripts it loads, config.json, keys and source maps are files in the app's folder like
pictures and style sheets, and IIS serves each whose extension it knows. A list of hidden names is not safe: it lacks the file that is added next. Send every URL to node instead, also the names of
files, by the last rule: <rule name="all to node" stopProcessing="true"><match url=".*" /><action type="Rewrite" url="server.js" /></rule>.
Pages and pictures then come from node (express.static), or IIS serves the files of one folder: "${iisnodeSock} init --static public" writes
both rules into a new web.config. Files that a page loads or names, and those in folders for visitors (public, static, ..) are not reported. With --site-root, --app /=DIR or --apphost the folder of the
site's root is looked at as well: an app in a folder below it may be reached there under another URL, past its own rules.`,
  explains: ['LIVE_SOURCE_EXPOSED', 'LIVE_PACKAGES_EXPOSED'],
  check(facts) {
    const { site } = facts;
    const entry = facts.entries.find(({ exists }) => exists);
    if (!site || !entry || site.iisnodeHandlers.length === 0 || hostedElsewhere(facts)) return [];
    const entries = new Set(facts.entries.map(({ name }) => name.toLowerCase()));
    const ofPages = new Set(facts.pages.flatMap(({ files }) => files));
    const isPrivate = (name: string): boolean => !entries.has(name.toLowerCase()) && !ofPages.has(name);
    const { handsOut, handsOutAbove } = facts.query;
    const secrets = secretFiles(facts, (name) => handsOut(name) || handsOutAbove(name) !== undefined);
    const files = [...new Set([...secrets, ...serverScripts(facts)])];
    const exposed = files.filter((name) => isPrivate(name) && handsOut(name));
    const [handler] = site.iisnodeHandlers;
    const at = handler?.origin && facts.query.placeOf(handler.origin);
    return [
      ...(exposed.length > 0
        ? [
            {
              message: `IIS sends ${listed(exposed)} of the server to every client that requests it.`,
              fix: `A last rule that sends every URL to node: <match url=".*" /> <action type="Rewrite" url="${entry.name}" />`,
              ...(at && { at }),
            },
          ]
        : []),
      ...aboveTheApp(facts, files),
    ];
  },
});

const listed = (names: readonly string[]): string => someOf(names, 4);

/** The site's root has the folder of the app under another URL, where no handler and no rule of the app applies. */
function aboveTheApp(facts: FileFacts, files: readonly string[]): RuleFinding[] {
  const urls = files.flatMap((name) => facts.query.handsOutAbove(name) ?? []);
  if (urls.length === 0) return [];
  return [
    {
      message: `The root of the site sends files of the app to every client: ${listed(urls)}.`,
      why: "The app's folder is below the folder of the site's root, which serves it as files: its own rules and handlers apply only at its vdir path.",
      fix: "Move the app's folder out of the folder of the site, or let the root refuse it (hiddenSegments in a <location> of that path).",
    },
  ];
}
