import { encoded } from '../../facts/rewrite-rules.js';
import { defineRule } from '../define-rule.js';

/** Scripts of pages that iisnode starts as programs. */
export const scriptRunByNode = defineRule({
  code: 'SCRIPT_RUN_BY_NODE',
  severity: 'error',
  explains: [{ finding: 'PAGE_FILE_MISSING', saying: /^The script / }],
  title: 'iisnode runs a script of a page as a program',
  why: 'The browser waits for its script, and gets 500 (or nothing): node starts the file, which is no server.',
  help: `A handler with path="*.js" gives every script below the app to iisnode, also those that the pages load. Name the entry point only:
<add name="iisnode" path="server.js" verb="*" modules="iisnode" />; rewrite rules lead to it.`,
  check(facts) {
    const { site, query } = facts;
    if (!site) return [];
    const entries = new Set(facts.entries.filter(({ from }) => from !== 'name').map(({ name }) => name.toLowerCase()));
    const scripts = [...new Set(facts.pages.flatMap(({ files }) => files))].filter((name) => /\.js$/i.test(name));
    const run = scripts.filter((name) => {
      const journey = query.journey(encoded(name));
      return journey?.isIisnode && journey.target === name && !entries.has(name.toLowerCase());
    });
    const [first] = run;
    const handler = first === undefined ? undefined : query.journey(encoded(first))?.handler;
    if (first === undefined || handler === undefined) return [];
    const at = handler.origin && query.placeOf(handler.origin);
    const more = run.length > 1 ? ` and ${run.length - 1} more` : '';
    return [
      {
        message: `The handler for ${handler.path} gives ${first}${more} to iisnode, and a page loads it.`,
        fix: 'The entry point as path of the handler.',
        ...(at && { at }),
      },
    ];
  },
});
