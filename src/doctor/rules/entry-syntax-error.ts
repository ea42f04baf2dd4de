import path from 'node:path';
import type { Entry } from '../../app/index.js';
import { findSyntaxError, type LoadedScript, type ModuleKind } from '../../source/index.js';
import { mayBeTranspiled } from '../facts/transpiled.js';
import type { FileFacts, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';

/** How node loads a script of the app; undefined for files that it does not read as JavaScript. */
function kindOf(facts: FileFacts, name: string): ModuleKind | undefined {
  const ending = path.posix.extname(name).toLowerCase();
  if (ending === '.mjs') return 'module';
  if (ending === '.cjs') return 'commonjs';
  if (ending === '') return 'either'; // bin/www
  if (ending !== '.js') return undefined;
  const { type } = facts.query.moduleType(name);
  return type === 'module' || type === 'commonjs' ? type : 'either';
}

/** In UTF-16 every second byte of such a text is NUL. */
const isUtf16 = (text: string): boolean => text.slice(0, 200).includes('\0');

function findingInScript(facts: FileFacts, entry: Entry, script: LoadedScript): RuleFinding | undefined {
  const kind = kindOf(facts, script.name);
  const fault = kind && findSyntaxError(script.source, kind);
  if (!fault) return undefined;
  const isEntry = script.name.toLowerCase() === entry.name.toLowerCase();
  const named = isEntry ? script.name : `${script.name}, which ${entry.name} loads,`;
  const { message, at } = fault;
  const fix = isUtf16(script.source.text)
    ? 'Save the file as UTF-8: it seems to be UTF-16.'
    : /^(Cannot use import statement|Unexpected token 'export')/.test(message)
      ? importFix(facts, script.name)
      : undefined;
  return { message: `${named} is not JavaScript: ${message}.`, at, ...(fix && { fix }) };
}

function importFix(facts: FileFacts, name: string): string {
  const { type, file } = facts.query.moduleType(name);
  return type === 'commonjs'
    ? `${file} says "type": "commonjs", so node takes import and export in .mjs files only.`
    : 'Name the file .mjs, or load with require().';
}

/** node cannot load the entry point, or a module that it loads. */
export const entrySyntaxError = defineRule({
  code: 'ENTRY_SYNTAX_ERROR',
  severity: 'error',
  explains: [{ finding: 'APP_CRASHED', saying: /SyntaxError/ }],
  title: 'The entry point, or a module that it loads, has a syntax error',
  why: 'node ends with a SyntaxError before it listens, and iisnode answers 500.1002.',
  help: `The entry point in web.config and the scripts of the app that it loads by name are read as node reads them: .cjs as CommonJS,
.mjs as ES modules, .js as the nearest package.json says with "type". What both node's own parser and one for the newest JavaScript
refuse is reported with its position. node does not accept types, decorators or JSX in a .js file: they must be compiled. Nothing is
reported where a package such as ts-node or @babel/register, or an option such as --import, compiles the modules when they are loaded.`,
  check(facts) {
    const run = facts.entries.filter(
      ({ exists, from, name }) =>
        exists && (from === 'handler' || (from === 'rewrite' && facts.query.isHandledByIisnode(name) === true)),
    );
    const seen = new Set<string>();
    return run.flatMap((entry) => {
      const loaded = new Set(facts.query.scriptsOf(entry).flatMap((script) => script.loaded ?? []));
      const scripts = [...loaded].filter(({ name }) => !seen.has(name));
      for (const { name } of scripts) seen.add(name);
      if (mayBeTranspiled(facts, scripts)) return [];
      return scripts.flatMap((script) => findingInScript(facts, entry, script) ?? []);
    });
  },
});
