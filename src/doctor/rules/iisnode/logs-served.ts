import { productionSetting } from '../../facts/production.js';
import { hasIisnodeHandler } from '../../facts/realtime.js';
import type { FileFacts } from '../../types.js';
import { defineRule } from '../define-rule.js';

/** The index of the logs, relative to the app; undefined where they are outside of it. */
function logIndexOf({ iisnode, entries }: FileFacts): string | undefined {
  const entry = entries.find(({ exists }) => exists);
  const folder = iisnode?.values.logDirectory.replaceAll('\\', '/').replace(/^\.\/|\/$/g, '') ?? '';
  if (entry === undefined || folder === '' || /^\/|^[a-z]:|(^|\/)\.\.(\/|$)|%/i.test(folder)) return undefined;
  return `${entry.name.slice(0, entry.name.lastIndexOf('/') + 1)}${folder}/index.html`;
}

/** IIS sends iisnode's logs to clients (symptoms.md S67). */
export const logsServed = defineRule({
  code: 'LOGS_SERVED',
  severity: 'warning',
  title: "Everybody can read iisnode's logs",
  why: 'What the server writes to stdout and stderr is in files below the site, with an index page that lists them: visitors read addresses, tokens and stack traces.',
  help: `iisnode writes logs into the folder logDirectory ("iisnode" by default) next to the entry point. IIS serves it like any folder unless a
rule sends its URLs to node, or request filtering hides it: <security><requestFiltering><hiddenSegments><add segment="iisnode"
/></hiddenSegments></requestFiltering></security>. Or write the logs to a folder outside of the site, or set loggingEnabled="false".
Reported only where web.config or iisnode.yml says that the site is in production.`,
  explains: ['LIVE_LOGS_EXPOSED'],
  check(facts) {
    const { iisnode } = facts;
    const said = productionSetting(facts);
    if (!iisnode?.values.loggingEnabled || said === undefined || !hasIisnodeHandler(facts)) return [];
    const index = logIndexOf(facts);
    const end = index === undefined ? undefined : facts.query.journey(index, { file: index });
    if (index === undefined || end?.outcome.kind !== 'file' || end.target !== index) return [];
    const folder = index.slice(0, index.lastIndexOf('/'));
    const at = facts.query.iisnodePlace('logDirectory') ?? facts.query.iisnodePlace('node_env');
    return [
      {
        message: `${said}, and IIS sends ${end.url} with the logs to everybody.`,
        fix: `<add segment="${folder.split('/').at(-1)}" /> in security/requestFiltering/hiddenSegments`,
        ...(at && { at }),
      },
    ];
  },
});
