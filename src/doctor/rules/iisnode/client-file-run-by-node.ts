import { hasIisnodeHandler } from '../../facts/realtime.js';
import type { FileFacts, RuleFinding } from '../../types.js';
import { defineRule } from '../define-rule.js';

/** The address of a script of a page as a URL of the app, for a page at its root; undefined for other hosts. */
function urlOf(src: string): string | undefined {
  if (/^([a-z][a-z\d+.-]*:|\/\/)/i.test(src) || /[<{]/.test(src)) return undefined;
  return src.replace(/[?#].*$/, '').replace(/^(\.{0,2}\/)+/, '');
}

function isRunByNode(facts: FileFacts, url: string): boolean {
  const end = facts.query.journey(url);
  const entries = facts.entries.map(({ name }) => name.toLowerCase());
  return end?.isIisnode === true && end.target !== undefined && !entries.includes(end.target.toLowerCase());
}

/** A handler's path matches a file name in every folder (symptoms.md S41). */
export const clientFileRunByNode = defineRule({
  code: 'CLIENT_FILE_RUN_BY_NODE',
  severity: 'error',
  title: 'IIS gives a script of a page to node',
  why: 'The browser gets 404, an HTML page or 500.1002 in the place of the script, and the page does not work.',
  help: `The path of a handler without a slash, such as app.js, matches that name in every folder: /js/app.js goes to iisnode too, which starts
that file of the browser as another program. Rename the entry point, in web.config as well, to a name that no script of a page has
(server.cjs, run.js), or send every URL to it: <match url=".*" />, so that node serves the scripts.`,
  check(facts) {
    if (!hasIisnodeHandler(facts)) return [];
    return facts.pages.flatMap(({ scripts, isBundled }) =>
      (isBundled ? [] : scripts).flatMap(({ src, at }): RuleFinding[] => {
        const url = urlOf(src);
        if (url === undefined || url === '' || !isRunByNode(facts, url)) return [];
        const name = url.split('/').at(-1);
        const message = `The page loads ${src}, and the handler for ${name} gives that to node.`;
        return [{ message, fix: `Another name for the entry point than ${name}`, at }];
      }),
    );
  },
});
