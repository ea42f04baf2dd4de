import path from 'node:path';
import type { Entry } from '../../app/index.js';
import { isTypeScript } from '../../source/index.js';
import { iisnodeSock } from '../../typed-command.js';
import { excludesRequireEsm } from '../facts/node-range.js';
import { hostedElsewhere } from '../facts/realtime.js';
import type { FileFacts, Place, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';
import { placeOfEntry } from './entry-file-missing.js';

interface Evidence {
  readonly says: string;
  readonly at: Place | undefined;
}

/** Why node loads the entry as an ES module; undefined when it does not. */
function evidence(facts: FileFacts, entry: Entry): Evidence | undefined {
  const extension = path.posix.extname(entry.name).toLowerCase();
  if (extension === '.cjs') return undefined;
  const at = facts.query.scriptsOf(entry)[0]?.esModule.syntax;
  if (extension === '.mjs') return { says: 'its name ends in .mjs', at: at ?? placeOfEntry(facts, entry) };
  const { type, file } = facts.query.moduleType(entry.name);
  if (type === 'module' && extension === '.js')
    return { says: `${file} says "type": "module"`, at: at ?? placeOfEntry(facts, entry) };
  // Node then reports import and export as syntax errors: ENTRY_SYNTAX_ERROR.
  if (type === 'commonjs' && extension === '.js') return undefined;
  return at && { says: 'it has import or export statements', at };
}

function findEsModule(facts: FileFacts, entry: Entry): RuleFinding | undefined {
  const found = evidence(facts, entry);
  if (!found) return undefined;
  // A version of node that reads TypeScript loads modules with require() as well: ENTRY_SYNTAX_ERROR reports older ones.
  const awaited = facts.query.scriptsOf(entry).find((script) => script.esModule.topLevelAwait)?.esModule.topLevelAwait;
  if (isTypeScript(entry.name) && !awaited) return undefined;
  const old = excludesRequireEsm(facts.package.nodeRange);
  const reason = awaited
    ? ', and no version of node can require() a module with top-level await'
    : old
      ? `, and engines.node "${facts.package.nodeRange}" allows no version that can require it`
      : '';
  const at = awaited ?? found.at;
  return {
    severity: awaited || old ? 'error' : 'warning',
    message: `${entry.name} is an ES module (${found.says})${reason}.`,
    fix: `Add a file run.cjs with import('./${path.posix.basename(entry.name)}'), and name run.cjs in the handler and the rules.`,
    ...(at && { at }),
    loader: { says: awaited ? 'is an ES module with top-level await' : 'is an ES module', ofIisnode: true },
  };
}

/** iisnode's interceptor loads the entry with require(). */
export const esModuleEntry = defineRule({
  code: 'ES_MODULE_ENTRY',
  severity: 'warning',
  explains: [
    {
      finding: 'APP_CRASHED',
      saying: /ERR_REQUIRE_(?:ESM|ASYNC)|ES Module|import statement|top-level await|require is not defined/i,
    },
  ],
  title: 'The entry point is an ES module',
  why: 'iisnode loads the entry with require(), which node before 20.19 and 22.12 refuses for ES modules (ERR_REQUIRE_ESM, 500.1002), and every version with top-level await.',
  help: `iisnode starts its interceptor.js, and that loads the app with require(). ${iisnodeSock} init . --loader always puts the
loader beside the entry, which loads it with import(). By hand: a file run.cjs with the one line import('./server.js'), and run.cjs in
the handler and the rewrite rules. Or build the app to CommonJS. Do not change interceptor.js: the next update of iisnode overwrites it.`,
  check(facts) {
    if (hostedElsewhere(facts)) return [];
    return facts.entries
      .filter(({ exists }) => exists)
      .map((entry) => findEsModule(facts, entry))
      .filter((finding) => finding !== undefined);
  },
});
