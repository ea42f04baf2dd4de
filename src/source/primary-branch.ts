import type { AnyNode } from 'acorn';
import type { ScriptContext } from './context.js';

/** `cluster.isPrimary`, `!cluster.isWorker`: true; `cluster.isWorker`: false; undefined for other tests. */
function asksForPrimary(context: ScriptContext, test: AnyNode): boolean | undefined {
  if (test.type === 'UnaryExpression' && test.operator === '!') {
    const inner = asksForPrimary(context, test.argument);
    return inner === undefined ? undefined : !inner;
  }
  const name = /^(?:node:)?cluster(?:#default)?#(isPrimary|isMaster|isWorker)$/.exec(context.moduleOf(test) ?? '')?.[1];
  return name === undefined ? undefined : name !== 'isWorker';
}

/** Is a node in the branch that only the primary of a cluster takes? */
export function isInPrimaryBranch(context: ScriptContext, node: AnyNode): boolean {
  const { tree } = context;
  let below = node;
  for (let at = tree.parentOf(below); at !== undefined; below = at, at = tree.parentOf(at)) {
    if (at.type !== 'IfStatement' && at.type !== 'ConditionalExpression') continue;
    if (below === at.consequent && asksForPrimary(context, at.test) === true) return true;
    if (below === at.alternate && asksForPrimary(context, at.test) === false) return true;
  }
  return false;
}
