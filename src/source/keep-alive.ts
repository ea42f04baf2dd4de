import type { ScriptContext } from './context.js';
import { numberOf } from './numbers.js';
import { propertyName } from './properties.js';
import type { Place } from './text-file.js';
import { objectOf, propertyOf } from './values.js';

/** Where a script says how long node keeps an idle connection open. */
export interface KeepAlive {
  /** In milliseconds; undefined where it is computed. */
  readonly value: number | undefined;
  readonly at: Place;
}

const makers = /^(node:)?https?#createServer$/;

/** `server.keepAliveTimeout = 5000`, `createServer({ keepAliveTimeout: 5000 }, app)`. */
export function readKeepAlive(context: ScriptContext): readonly KeepAlive[] {
  const { bindings, tree } = context;
  const found: KeepAlive[] = [];
  for (const node of tree.ofType('AssignmentExpression', 'CallExpression')) {
    if (node.type === 'AssignmentExpression' && propertyName(node.left) === 'keepAliveTimeout') {
      found.push({ value: numberOf(node.right, bindings), at: context.place(node.start) });
    }
    if (node.type !== 'CallExpression' || !makers.test(context.moduleOf(node.callee) ?? '')) continue;
    const options = objectOf(node.arguments[0], bindings);
    const given = options && propertyOf(options, 'keepAliveTimeout', bindings);
    if (given) found.push({ value: numberOf(given, bindings), at: context.place(given.start) });
  }
  return found;
}
