import type { AnyNode } from 'acorn';
import type { Bindings } from './bindings.js';
import { type ModuleUse, requiredModule } from './modules.js';
import type { PartOfValue } from './parameters.js';
import { propertyName } from './properties.js';
import { follow } from './values.js';
import type { Variable } from './variable.js';

/** `__importDefault(__importDefault(..))` must end. */
const deepest = 12;
/** What compilers put around a module: `__importDefault(..)` of TypeScript, `_interop_require_default(..)` of SWC, `__toESM(..)` of esbuild. */
const interop = /^_+(import(Default|Star)|toESM|interop_?require_?(default|wildcard))$/i;

/**
 * Where the values of a script's expressions come from, also in what TypeScript, Babel, SWC and esbuild make of imports.
 *
 * @returns for an expression 'socket.io' or 'socket.io#Server'; undefined where it comes from no module with a literal name, and for what
 * is below an export.
 */
export function originsIn(modules: readonly ModuleUse[], bindings: Bindings): (node: AnyNode) => string | undefined {
  let imports: ReadonlyMap<Variable, string> | undefined;
  const imported = (name: AnyNode): string | undefined => {
    const variable = bindings.variableOf(name);
    imports ??= importsOf(modules, bindings);
    return variable && imports.get(variable);
  };
  const isNamespace = (expression: AnyNode): boolean => {
    const node = follow(expression, bindings);
    return insideInterop(node) !== undefined || /^(Await|Import)Expression$/.test(node.type);
  };
  /** What `const { key: name } = value` says of a name. */
  const partBehind = (node: AnyNode): PartOfValue | undefined => {
    const variable = node.type === 'Identifier' ? bindings.variableOf(node) : undefined;
    return variable && bindings.partOf(variable);
  };
  /** Of a module as a whole, or of an export that a name is bound to. */
  const wholeOf = (expression: AnyNode, depth = 0): string | undefined => {
    const node = follow(expression, bindings);
    for (const each of [expression, node]) {
      const whole = each.type === 'Identifier' ? imported(each) : loadedModule(each);
      if (whole) return whole;
    }
    if (depth > deepest) return undefined;
    const inside = insideInterop(node);
    if (inside !== undefined) return wholeOf(inside, depth + 1);
    // As `import x from`: the default of a namespace stands for the module.
    const part = node.type === 'MemberExpression' ? { key: propertyName(node), value: node.object } : partBehind(node);
    return part?.key === 'default' && isNamespace(part.value) ? wholeOf(part.value, depth + 1) : undefined;
  };
  const exportOf = (owner: string | undefined, name: string | undefined): string | undefined =>
    // `x.a.b` is not an export: what the object leads to is either a whole module or none.
    owner && name && !owner.includes('#') ? `${owner}#${name}` : undefined;
  const originOf = (expression: AnyNode): string | undefined => {
    const node = follow(expression, bindings);
    const whole = wholeOf(expression);
    if (whole !== undefined) return whole;
    if (node.type === 'MemberExpression') return exportOf(wholeOf(node.object), propertyName(node));
    const part = partBehind(node);
    return part && exportOf(wholeOf(part.value), part.key);
  };
  const known = new Map<AnyNode, string | undefined>();
  return (expression) => {
    if (known.has(expression)) return known.get(expression);
    const found = originOf(called(expression));
    known.set(expression, found);
    return found;
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

/** `x.f` of `(0, x.f)`, which compilers write for a call without an object, and of `x?.f`. */
function called(node: AnyNode): AnyNode {
  if (node.type === 'ParenthesizedExpression' || node.type === 'ChainExpression') return called(node.expression);
  const last = node.type === 'SequenceExpression' ? node.expressions.at(-1) : undefined;
  return last === undefined ? node : called(last);
}

/** 'x' of `require('x')`, of `await import('x')`, and of `import('x')` in what `Promise.all` waits for. */
function loadedModule(node: AnyNode): string | undefined {
  const load = node.type === 'AwaitExpression' ? node.argument : node;
  if (load.type !== 'ImportExpression') return requiredModule(node);
  return load.source.type === 'Literal' && typeof load.source.value === 'string' ? load.source.value : undefined;
}

/** The module in `__importDefault(..)`, `tslib_1.__importStar(..)`, `_interop_require_default._(..)`; undefined for other nodes. */
function insideInterop(node: AnyNode): AnyNode | undefined {
  if (node.type !== 'CallExpression') return undefined;
  const callee = called(node.callee);
  const isMember = callee.type === 'MemberExpression';
  const names = isMember ? [propertyName(callee), nameOf(callee.object)] : [nameOf(callee)];
  return names.some((name) => name !== undefined && interop.test(name)) ? node.arguments[0] : undefined;
}

const nameOf = (node: AnyNode): string | undefined => (node.type === 'Identifier' ? node.name : undefined);
