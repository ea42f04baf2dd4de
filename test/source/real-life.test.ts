import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { AnyNode } from 'acorn';
import { expect, it } from 'vitest';
import { contextOf, type ScriptContext } from '../../src/source/context.js';
import { readPageScripts } from '../../src/source/html.js';
import { readListens } from '../../src/source/listens.js';
import { readNamespaces } from '../../src/source/namespaces.js';
import { parsePageScript } from '../../src/source/page-script.js';
import { readRoutes } from '../../src/source/routes.js';
import { parseForBundler, type Script } from '../../src/source/script.js';
import { readSocketClients } from '../../src/source/socket-client.js';
import type { OptionRead } from '../../src/source/socket-options.js';
import { readSocketReach } from '../../src/source/socket-reach.js';
import { readSocketServers } from '../../src/source/socket-server.js';
import type { Place } from '../../src/source/text-file.js';
import type { Tree } from '../../src/source/tree.js';
import type { Value } from '../../src/source/values.js';

const folder = path.join(import.meta.dirname, '..', 'fixtures', 'source');

function scriptsIn(name: string): readonly Script[] {
  const source = { file: name, text: readFileSync(path.join(folder, name), 'utf8') };
  if (/\.[cm]?[jt]sx?$/.test(name)) return [parseForBundler(source)];
  return readPageScripts(source)
    .filter(({ src }) => src === undefined)
    .map(({ code, offset, language }) => parsePageScript(source, code, offset, language));
}

const told = (value: Value): string => (value.kind === 'literal' ? String(value.value) : value.kind);
const pathOf = ({ known, path: given }: { known: boolean; path: OptionRead | undefined }): string =>
  given ? told(given.value) : known ? 'none' : 'unknown';

/** A tree in which the readers see one node. */
const onlyWith = (tree: Tree, node: AnyNode): Tree => ({
  ...tree,
  nodes: [node],
  ofType: (() => [node]) as Tree['ofType'],
});

/** What the readers find, each with its line: `12 server /chat`. */
function found(context: ScriptContext): string[] {
  const line = ({ line: at }: Place, what: string): string => `${at} ${what}`;
  const reach = readSocketReach(context);
  const { nodes } = context.tree;
  const loadsServer = context.modules.some(({ specifier }) => specifier === 'socket.io');
  return [
    ...readSocketServers(context).servers.map(({ at, options }) => line(at, `server ${pathOf(options)}`)),
    // Of what loads the server nobody asks for clients.
    ...(loadsServer ? [] : readSocketClients(context)).map(({ at, options }) => line(at, `client ${pathOf(options)}`)),
    ...readListens(context).map(({ at, port, isCoerced }) =>
      line(at, `listen ${told(port)}${isCoerced ? ' coerced' : ''}`),
    ),
    ...readRoutes(context).routes.map(({ at, path: route, isStatic }) =>
      line(at, `route ${isStatic ? 'static' : route ? told(route) : 'all'}`),
    ),
    ...reach.broadcasts.map(({ at, text }) => line(at, `broadcast ${text}`)),
    ...reach.adapters.map(({ at }) => line(at, 'adapter')),
    ...nodes.flatMap((node) => {
      if (node.type !== 'CallExpression') return [];
      const { opened, isKnown } = readNamespaces({ ...context, tree: onlyWith(context.tree, node) });
      const names = isKnown ? opened : ['computed'];
      return names.map((name) => line(context.place(node.start), `namespace ${String(name)}`));
    }),
  ];
}

/** What its author wrote beside the lines: `//= server /chat`. */
const expected = (text: string): string[] =>
  text
    .split('\n')
    .flatMap((line, index) =>
      [...line.matchAll(/\/[/*]= (.*?)\s*(?:\*\/|(?=\/\/=)|$)/g)].map(([, what]) => `${index + 1} ${what}`),
    );

it.each(readdirSync(folder))('%s: everything is found, in its line, and nothing else', (name) => {
  const scripts = scriptsIn(name);
  expect(scripts.map(({ failure }) => failure)).toEqual(scripts.map(() => undefined));
  const contexts = scripts.flatMap((script) => contextOf(script) ?? []);
  const text = readFileSync(path.join(folder, name), 'utf8');
  expect(contexts.flatMap(found).sort()).toEqual(expected(text).sort());
});
