import type { AnyNode } from 'acorn';
import { keyOf, propertyName } from './properties.js';
import type { Tree } from './tree.js';

/**
 * The name under which a value is exported: 'default' for `module.exports = f` and `export default f`, 'f' for
 * `exports.f = f`, `module.exports = { f }`, `export { f }`. undefined where it is not exported, or its names are unknown.
 */
export function exportedAs(tree: Tree, value: AnyNode): string | undefined {
  const parent = tree.parentOf(value);
  if (parent?.type === 'ExportDefaultDeclaration') return 'default';
  const around = parent && tree.parentOf(parent);
  if (parent?.type === 'AssignmentExpression' && parent.right === value) {
    // `exports.a = exports.b = f` may have more names.
    return around?.type === 'ExpressionStatement' ? exportTarget(parent.left) : undefined;
  }
  if (parent?.type !== 'Property' || parent.value !== value || around?.type !== 'ObjectExpression') return undefined;
  return exportedAs(tree, around) === 'default' ? keyOf(parent) : undefined;
}

/** Returns 'name' for `exports.name` and `module.exports.name`, 'default' for `module.exports`. */
export function exportTarget(node: AnyNode): string | undefined {
  const name = propertyName(node);
  if (node.type !== 'MemberExpression' || name === undefined) return undefined;
  const { object } = node;
  if (object.type === 'Identifier' && object.name === 'module') return name === 'exports' ? 'default' : undefined;
  const isExports = object.type === 'Identifier' && object.name === 'exports';
  return isExports || (object.type === 'MemberExpression' && exportTarget(object) === 'default') ? name : undefined;
}

/** The names of an `export { a, b as c }` of the program's own. */
export function exportedNames(tree: Tree): readonly { readonly local: AnyNode; readonly exported: string }[] {
  return tree.program.body.flatMap((node) => {
    if (node.type !== 'ExportNamedDeclaration' || node.source) return [];
    const { declaration } = node;
    const declared =
      declaration?.type === 'VariableDeclaration'
        ? declaration.declarations.map(({ id }) => id)
        : [declaration?.id ?? []].flat();
    return [
      ...declared.flatMap((local) => (local.type === 'Identifier' ? [{ local, exported: local.name }] : [])),
      ...node.specifiers.map(({ local, exported }) => ({
        local,
        exported: exported.type === 'Identifier' ? exported.name : String(exported.value),
      })),
    ];
  });
}
