import type { AnyNode, Pattern } from 'acorn';
import { addTo } from './add-to.js';
import { isFunctionNode } from './function-node.js';
import { isCall, keyOf, propertyName } from './properties.js';
import type { Tree } from './tree.js';

/** The functions and methods that a program has, by their names alone: which of them is called, no reader can say. */
export interface NamedFunctions {
  has(name: string): boolean;
  /** What calls give the parameters of a name. Each argument is told once. */
  givenTo(parameter: string): readonly AnyNode[];
}

/** Reads the functions of a program, and what they are called with. */
export function namedFunctions(tree: Tree): NamedFunctions {
  const names = new Set<string>();
  /** The places of a parameter's name, such as 'fill 0', and the arguments at each place. */
  const places = new Map<string, Set<string>>();
  for (const made of tree.ofType('FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression')) {
    const name = nameOf(tree, made);
    if (name === undefined || !isFunctionNode(made)) continue;
    names.add(name);
    for (const [index, param] of made.params.entries()) {
      const own: Pattern = param.type === 'AssignmentPattern' ? param.left : param;
      if (own.type === 'Identifier') places.set(own.name, (places.get(own.name) ?? new Set()).add(`${name} ${index}`));
    }
  }
  let given: Map<string, AnyNode[]> | undefined;
  return {
    has: (name) => names.has(name),
    givenTo: (parameter) => {
      given ??= argumentsIn(tree, names);
      const found: AnyNode[] = [];
      for (const place of places.get(parameter) ?? []) {
        for (const each of given.get(place) ?? []) found.push(each);
        given.delete(place);
      }
      return found;
    },
  };
}

function argumentsIn(tree: Tree, names: ReadonlySet<string>): Map<string, AnyNode[]> {
  const found = new Map<string, AnyNode[]>();
  for (const call of tree.ofType('CallExpression', 'NewExpression')) {
    const { callee } = call;
    const name = callee.type === 'Identifier' ? callee.name : propertyName(callee);
    if (name === undefined || !names.has(name) || !isCall(call)) continue;
    for (const [index, argument] of call.arguments.entries()) {
      addTo(found, `${name} ${index}`, argument);
    }
  }
  return found;
}

function nameOf(tree: Tree, made: AnyNode): string | undefined {
  if (made.type === 'FunctionDeclaration') return made.id?.name;
  const around = tree.parentOf(made);
  switch (around?.type) {
    case 'VariableDeclarator':
      return around.id.type === 'Identifier' ? around.id.name : undefined;
    case 'MethodDefinition':
    case 'Property':
      return keyOf(around);
    case 'AssignmentExpression':
      return around.left.type === 'Identifier' ? around.left.name : propertyName(around.left);
    default:
      return undefined;
  }
}
