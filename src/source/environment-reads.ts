import type { ScriptContext } from './context.js';
import { isProcessEnv, keyOf, propertyName } from './properties.js';

/** The variables that a script reads from process.env by name, in upper case: Windows compares them so. */
export function readEnvironmentNames({ tree }: ScriptContext): ReadonlySet<string> {
  const names = new Set<string>();
  for (const node of tree.ofType('MemberExpression', 'VariableDeclarator')) {
    if (node.type === 'MemberExpression' && isProcessEnv(node.object)) {
      const name = propertyName(node);
      if (name !== undefined) names.add(name.toUpperCase());
    }
    if (node.type !== 'VariableDeclarator' || node.id.type !== 'ObjectPattern' || !isProcessEnv(node.init)) continue;
    for (const property of node.id.properties) {
      const name = property.type === 'Property' ? keyOf(property) : undefined;
      if (name !== undefined) names.add(name.toUpperCase());
    }
  }
  return names;
}
