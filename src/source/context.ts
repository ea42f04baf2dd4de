import type { AnyNode } from 'acorn';
import { type ModuleUse, readModuleUses, requiredModule } from './modules.js';
import type { Script } from './script.js';
import { type Place, placeAt } from './text-file.js';
import type { Tree } from './tree.js';
import { type Bindings, follow, propertyName, readBindings } from './values.js';

/** What every reader of one script shares. */
export interface ScriptContext {
  readonly script: Script;
  readonly tree: Tree;
  readonly bindings: Bindings;
  readonly modules: readonly ModuleUse[];
  /** Where an offset of the script's code lies in the file. */
  place(offset: number): Place;
  /** 'socket.io' or 'socket.io#Server': what an expression is, when it comes out of a module by a literal name. */
  moduleOf(node: AnyNode): string | undefined;
}

/** undefined when the script does not parse. `environment`: names it imports that depend on process.env. */
export function contextOf(script: Script, environment?: ReadonlySet<string>): ScriptContext | undefined {
  const { tree } = script;
  if (!tree) return undefined;
  const modules = readModuleUses(script);
  const bindings = readBindings(tree, environment);
  const imported = new Map<string, string>();
  for (const use of modules) {
    for (const [local, name] of use.names) {
      imported.set(local, name === '*' || name === 'default' ? use.specifier : `${use.specifier}#${name}`);
    }
  }
  const moduleOf = (expression: AnyNode): string | undefined => {
    if (expression.type === 'Identifier') {
      const direct = imported.get(expression.name);
      if (direct) return direct;
    }
    const node = follow(expression, bindings);
    const required = requiredModule(node);
    if (required) return required;
    if (node.type === 'Identifier') return imported.get(node.name);
    const name = propertyName(node);
    if (node.type !== 'MemberExpression' || !name) return undefined;
    const owner = moduleOf(node.object);
    return owner && !owner.includes('#') ? `${owner}#${name}` : undefined;
  };
  return {
    script,
    tree,
    bindings,
    modules,
    place: (offset) => placeAt(script.source, script.offset + offset),
    moduleOf,
  };
}
