import { programOf } from '../../app/index.js';
import { defineRule } from './define-rule.js';

/** node and npm cannot read the app's package.json. */
export const packageJsonInvalid = defineRule({
  code: 'PACKAGE_JSON_INVALID',
  severity: 'error',
  explains: [{ finding: 'APP_CRASHED', saying: /package config|package\.json|JSON/i }],
  title: 'package.json cannot be used',
  why: 'npm installs nothing, and node ends with "Invalid package config" before it runs the app: iisnode answers 500.1002.',
  help: `node reads the package.json nearest to each script that it loads, and npm the one in the app's folder. Both need strict JSON:
one object, names and strings in double quotes, no comments, no comma before a closing bracket, no merge conflict markers. A byte-order mark
is fine. From node 22 on the file must be UTF-8, and "name" and "type" must be strings. A "type" that is neither "module" nor "commonjs"
is ignored, which is a warning.`,
  check({ entries, query }) {
    const nearest = entries
      .map((entry) => query.moduleType(programOf(entry).name).file)
      .filter((file) => file !== undefined);
    return [...new Set(['package.json', ...nearest])]
      .map((file) => query.manifestFault(file))
      .filter((fault) => fault !== undefined)
      .map(({ message, at, fix, harmless }) => ({
        message,
        at,
        ...(fix === undefined ? {} : { fix }),
        ...(harmless === undefined ? {} : { severity: 'warning' as const, why: harmless }),
      }));
  },
});
