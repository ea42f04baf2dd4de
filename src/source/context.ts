import type { AnyNode } from 'acorn';
import { type Bindings, bindingsOf } from './bindings.js';
import { type ModuleUse, readModuleUses, requiredModule } from './modules.js';
import { propertyName } from './properties.js';
import type { Script } from './script.js';
import { type Place, placeAt } from './text-file.js';
import type { Tree } from './tree.js';
import { follow } from './values.js';
import type { Variable } from './variable.js';

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
}

/** undefined when the script does not parse. `environment`: names it imports that depend on process.env. */
export function contextOf(script: Script, environment?: ReadonlySet<string>): ScriptContext | undefined {
  const { tree } = script;
  if (!tree) return undefined;
  const modules = readModuleUses(script);
  const bindings = bindingsOf(tree, environment);
  let imports: ReadonlyMap<Variable, string> | undefined;
  const imported = (name: AnyNode): string | undefined => {
    const variable = bindings.variableOf(name);
    imports ??= importsOf(modules, bindings);
    return variable && imports.get(variable);
  };
  const known = new Map<AnyNode, string | undefined>();
  const moduleOf = (expression: AnyNode): string | undefined => {
    if (known.has(expression)) return known.get(expression);
    const found = originOf(expression);
    known.set(expression, found);
    return found;
  };
  const wholeOf = (expression: AnyNode, node = follow(expression, bindings)): string | undefined =>
    [expression, node]
      .map((each) => (each.type === 'Identifier' ? imported(each) : requiredModule(each)))
      .find(Boolean);
  const originOf = (expression: AnyNode): string | undefined => {
    const node = follow(expression, bindings);
    const whole = wholeOf(expression, node);
    if (whole) return whole;
    const name = propertyName(node);
    if (node.type !== 'MemberExpression' || !name) return undefined;
    // `x.a.b` is not an export: what the object leads to is either a whole module or none.
    const owner = wholeOf(node.object);
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

/** The variables that come from modules: 'socket.io', 'socket.io#Server'. */
function importsOf(modules: readonly ModuleUse[], bindings: Bindings): ReadonlyMap<Variable, string> {
  const imports = new Map<Variable, string>();
  for (const { specifier, bound } of modules) {
    for (const { local, exported } of bound) {
      const variable = bindings.variableOf(local);
      const isWhole = exported === '*' || exported === 'default';
      if (variable) imports.set(variable, isWhole ? specifier : `${specifier}#${exported}`);
    }
  }
  return imports;
}
