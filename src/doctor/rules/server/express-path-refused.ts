import { readRoutePaths } from '../../../source/index.js';
import { hasSpelledParams } from '../../facts/express-params.js';
import { defineRule } from '../define-rule.js';

interface FixData {
  readonly file: string;
  readonly span: { readonly start: number; readonly end: number };
}

/**
 * What path-to-regexp 8, which express 5 uses, refuses in a path: its own syntax has :name, *name, {optional} and \escapes
 * (github.com/pillarjs/path-to-regexp, README, "Errors"; expressjs.com/en/guide/migrating-5).
 */
function refusedIn(path: string): string | undefined {
  const text = path.replace(/\\./g, '');
  if (/[*](?![\p{ID_Start}_$"])/u.test(text)) return 'a * without a name';
  if (/:(?![\p{ID_Start}_$"])/u.test(text)) return 'a : without a name';
  const reserved = /[()[\]+?!]/.exec(text)?.[0];
  return reserved === undefined ? undefined : `the character ${reserved}`;
}

/** express 5 ends at such a path when the app starts. */
export const expressPathRefused = defineRule<FixData>({
  code: 'EXPRESS_PATH_REFUSED',
  severity: 'error',
  explains: [{ finding: 'APP_CRASHED', saying: /path-to-regexp|Missing parameter name|Unexpected [^a-z]|PathError/i }],
  title: 'express 5 refuses the path of a route',
  why: 'The app ends at this line with "Missing parameter name" or "Unexpected": nothing listens, and every request is answered with 500.1002.',
  help: `Paths of express 4 such as '*', '/files/*', '/:page?' and '/(a|b)' are errors in express 5. A wildcard has a name: '/{*splat}' for
every URL, '/files/*path' for those below /files; an optional part is in braces: '/{:page}'; alternatives are a list: ['/a', '/b']; a
regular expression stays as it is: /.*/. Or keep express 4 in package.json. --fix rewrites '*' and '/*', where no code reads params[0].`,
  check(facts) {
    const version = facts.query.versionOf('express');
    if (version.major === undefined || version.major < 5) return [];
    const readsByNumber = hasSpelledParams(facts);
    return facts.server.scripts.flatMap(({ context, source }) =>
      (context ? readRoutePaths(context) : []).flatMap(({ text, at, span }) => {
        const refused = refusedIn(text);
        if (refused === undefined) return [];
        const isEverything = text === '*' || text === '/*';
        return [
          {
            message: `express ${version.text} refuses the path '${text}': ${refused}.`,
            fix: isEverything ? "'/{*splat}'" : 'See the guide to migrate to express 5: *name, {optional}, lists',
            at,
            ...(isEverything && span && !readsByNumber && { data: { file: source.file, span } }),
          },
        ];
      }),
    );
  },
  fix: (_facts, { data }) => (data ? [{ file: data.file, edits: [{ span: data.span, text: "'/{*splat}'" }] }] : []),
});
