import type { AnyNode, CallExpression, Expression, SpreadElement } from 'acorn';
import { functionBehind } from './bindings.js';
import type { ScriptContext } from './context.js';
import { type FunctionNode, isFunctionNode } from './function-node.js';
import { givenTo } from './parameters.js';
import { propertyName } from './properties.js';
import { follow } from './values.js';
import type { Variable } from './variable.js';

/** An expression, and the context in which its names have their values. */
interface Made {
  readonly node: AnyNode;
  readonly context: ScriptContext;
}

const deepest = 8;
/** A longer list is made of the same parts. */
const mostElements = 200;

/**
 * The elements of a list that the program writes, spreads, or makes of another by a function: `names.map((name) => ({ name }))`. A
 * value that is no list is its own element.
 */
export function elementsOf(expression: AnyNode, context: ScriptContext, depth = 0): readonly Made[] {
  const { node, context: inner } = madeBy(expression, context, depth);
  if (depth > deepest) return [];
  if (node.type === 'ArrayExpression') {
    const all = node.elements.flatMap((each) => {
      if (each?.type === 'SpreadElement') return elementsOf(each.argument, inner, depth + 1);
      return each === null ? [] : [madeBy(each, inner, depth)];
    });
    return all.slice(0, mostElements);
  }
  const mapped = node.type === 'CallExpression' ? mappingIn(node, inner) : undefined;
  if (mapped === undefined) return [{ node, context: inner }];
  return elementsOf(mapped.list, inner, depth + 1).flatMap((each, index) => {
    const at = { type: 'Literal', value: index, start: 0, end: 0 } as Expression;
    const made = returned(mapped.by, [each.node as Expression, at], each.context);
    return made === undefined ? [] : [madeBy(made.node, made.context, depth + 1)];
  });
}

/** What a call of one of the program's functions returns; other expressions as they are. */
function madeBy(expression: AnyNode, context: ScriptContext, depth: number): Made {
  const node = follow(expression, context.bindings);
  const callee = node.type === 'CallExpression' ? node.callee : undefined;
  const by = callee?.type === 'Identifier' ? functionBehind(context.bindings, callee) : undefined;
  if (node.type !== 'CallExpression' || by === undefined || !isFunctionNode(by) || depth > deepest) {
    return { node, context };
  }
  const made = returned(by, node.arguments, context);
  return made === undefined ? { node, context } : madeBy(made.node, made.context, depth + 1);
}

function mappingIn(
  { callee, arguments: [by] }: CallExpression,
  { bindings }: ScriptContext,
): { readonly list: AnyNode; readonly by: FunctionNode } | undefined {
  if (callee.type !== 'MemberExpression' || !/^(map|flatMap)$/.test(propertyName(callee) ?? '')) return undefined;
  const made = by?.type === 'Identifier' ? functionBehind(bindings, by) : by;
  return made !== undefined && isFunctionNode(made) ? { list: callee.object, by: made } : undefined;
}

/** The value that a function returns at its end, with these arguments. */
function returned(
  made: FunctionNode,
  given: readonly (Expression | SpreadElement)[],
  context: ScriptContext,
): Made | undefined {
  const { body } = made;
  const last = body.type === 'BlockStatement' ? body.body.at(-1) : undefined;
  const node = body.type === 'BlockStatement' ? (last?.type === 'ReturnStatement' ? last.argument : undefined) : body;
  if (!node) return undefined;
  const { bindings } = context;
  const givenOf = (variable: Variable | undefined) => {
    const [definition, other] = variable?.defs ?? [];
    const isOwn = definition?.type === 'Parameter' && definition.node === made && other === undefined;
    return variable !== undefined && isOwn ? givenTo(made, variable.name, [...given]) : undefined;
  };
  return {
    node,
    context: {
      ...context,
      bindings: {
        ...bindings,
        initOf: (variable) => {
          const found = givenOf(variable);
          return found !== undefined && 'type' in found ? found : bindings.initOf(variable);
        },
        partOf: (variable) => {
          const found = givenOf(variable);
          return found !== undefined && 'key' in found ? found : bindings.partOf(variable);
        },
      },
    },
  };
}
