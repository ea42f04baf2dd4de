import { hostedElsewhere } from '../facts/realtime.js';
import { defineRule } from './define-rule.js';

/** The first segment of each file's path that is not in an entry point's path: a hidden segment applies anywhere in a URL. */
function segmentsToHide(files: readonly string[], entries: ReadonlySet<string>): readonly string[] {
  const needed = new Set([...entries].flatMap((entry) => entry.split('/')));
  const hidden = files.map((name) => name.split('/').find((part) => !needed.has(part.toLowerCase())));
  return [...new Set(hidden.filter((segment) => segment !== undefined))];
}

/** IIS sends the server's own scripts to clients. */
export const serverSourceExposed = defineRule({
  code: 'SERVER_SOURCE_EXPOSED',
  severity: 'warning',
  title: "IIS sends the server's sources to clients",
  why: 'Every client that requests such a file gets its source, with any secrets in it; a rewrite rule for URLs that are not files does not change that.',
  help: `Only the entry point has a handler; the scripts it loads are files in the app's folder like pictures and style sheets, and IIS
serves them. Put them in a separate folder and hide it: <security><requestFiltering><hiddenSegments><add segment="lib" /></hiddenSegments>
</requestFiltering></security> in system.webServer answers 404 for every URL with that segment. A single file can be hidden by its
name. Files that a page loads are not reported.`,
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
    const segments = segmentsToHide(exposed, entries);
    const some = exposed.slice(0, 4).join(', ') + (exposed.length > 4 ? ` and ${exposed.length - 4} more` : '');
    const [handler] = site.iisnodeHandlers;
    const at = handler?.origin && facts.query.placeOf(handler.origin);
    return [
      {
        message: `IIS sends ${some} of the server to every client that requests it.`,
        ...(segments.length > 0 && {
          fix: `<hiddenSegments>${segments.map((segment) => `<add segment="${segment}" />`).join('')}</hiddenSegments>`,
        }),
        ...(at && { at }),
      },
    ];
  },
});
