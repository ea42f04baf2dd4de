import type { AnyNode } from 'acorn';
import type { ScriptContext } from './context.js';
import type { Place } from './text-file.js';
import { upwards } from './tree.js';

/** Why a file is an ES module, and why it cannot be loaded with require(). */
export interface EsModuleUse {
  /** The first static import or export. */
  readonly syntax: Place | undefined;
  /** The first top-level await: require() cannot load it (ERR_REQUIRE_ASYNC_MODULE). */
  readonly topLevelAwait: Place | undefined;
}

function isFunction(node: AnyNode): boolean {
  return (
    node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression'
  );
}

/** Reads the module syntax of a script. */
export function readEsModuleUse(context: ScriptContext): EsModuleUse {
  const { tree } = context;
  const first = tree.program.body.find(({ type }) => /^(Import|Export)/.test(type));
  let awaited: number | undefined;
  if (context.script.isModule) {
    const isInFunction = upwards(tree, isFunction);
    for (const node of tree.ofType('AwaitExpression', 'ForOfStatement')) {
      const waits = node.type === 'AwaitExpression' || node.await;
      if (waits && !isInFunction(node)) awaited = Math.min(awaited ?? node.start, node.start);
    }
  }
  return {
    syntax: first ? context.place(first.start) : undefined,
    topLevelAwait: awaited === undefined ? undefined : context.place(awaited),
  };
}
