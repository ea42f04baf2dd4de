import type { AnyNode } from 'acorn';
import { type Bindings, bindingsOf } from './bindings.js';
import { type ModuleUse, readModuleUses } from './modules.js';
import { originsIn } from './origins.js';
import type { Script } from './script.js';
import { type Place, placeAt } from './text-file.js';
import type { Tree } from './tree.js';

/** The context shared by all readers of one script. */
export interface ScriptContext {
  readonly script: Script;
  readonly tree: Tree;
  readonly bindings: Bindings;
  readonly modules: readonly ModuleUse[];
  /** The position in the file of an offset in the script's code. */
  place(offset: number): Place;
  /** 'socket.io' or 'socket.io#Server': the origin of an expression that comes from a module with a literal name. */
  moduleOf(node: AnyNode): string | undefined;
  /** Where other files of the app are read as well: what an expression takes from one of them. */
  imported?(node: AnyNode): ImportedNode | undefined;
  /** In the same way: another script that it imports. */
  chunk?(specifier: string): ScriptContext | undefined;
}

/** An expression of another file. */
export interface ImportedNode {
  readonly node: AnyNode;
  readonly context: ScriptContext;
}

/** undefined when the script does not parse. `environment`: names it imports that depend on process.env. */
export function contextOf(script: Script, environment?: ReadonlySet<string>): ScriptContext | undefined {
  const { tree } = script;
  if (!tree) return undefined;
  const modules = readModuleUses(script);
  const bindings = bindingsOf(tree, environment);
  return {
    script,
    tree,
    bindings,
    modules,
    place: (offset) => placeAt(script.source, script.offset + offset),
    moduleOf: originsIn(modules, bindings),
  };
}
