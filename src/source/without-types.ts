import type { Program } from 'acorn';
import { childKeys } from './child-keys.js';

/** A node from the parser for TypeScript. */
interface TypedNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  [key: string]: unknown;
}

const isNode = (value: unknown): value is TypedNode => typeof value === 'object' && value !== null && 'type' in value;
const nodesOf = (value: unknown): readonly TypedNode[] => (Array.isArray(value) ? value.filter(isNode) : []);

/** `x as T`, `x satisfies T`, `<T>x`, `x!`, `f<T>`: each becomes x. */
const assertions = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSTypeAssertion',
  'TSNonNullExpression',
  'TSInstantiationExpression',
]);
const typesAlone = new Set([
  'TSInterfaceDeclaration',
  'TSTypeAliasDeclaration',
  'TSDeclareFunction',
  'TSNamespaceExportDeclaration',
  'TSIndexSignature',
]);

/**
 * Converts a TypeScript program to plain JavaScript in place, like a compiler: types are removed, enums become objects, namespaces
 * become functions that are called, `import x = require()` becomes a const. Every node keeps its position in the text.
 */
export function withoutTypes(program: Program): Program {
  const pending: TypedNode[] = [program as unknown as TypedNode];
  for (let node = pending.pop(); node; node = pending.pop()) {
    for (const key of childKeys(node)) {
      const child = node[key];
      const plainChild = Array.isArray(child)
        ? child.flatMap((each) => (isNode(each) ? plain(each) : [each]))
        : isNode(child)
          ? (plain(child)[0] ?? null)
          : child;
      node[key] = plainChild;
      for (const each of isNode(plainChild) ? [plainChild] : nodesOf(plainChild)) pending.push(each);
    }
  }
  return program;
}

/** A node after removing types, without its children; undefined for a node that is only types. */
function plain(typed: TypedNode): readonly TypedNode[] {
  let node = typed;
  while (assertions.has(node.type) && isNode(node.expression)) node = node.expression;
  if (typesAlone.has(node.type) || node.declare === true || node.importKind === 'type' || node.exportKind === 'type') {
    return [];
  }
  switch (node.type) {
    case 'TSParameterProperty':
      return isNode(node.parameter) ? [node.parameter] : [];
    case 'Identifier': // `function f(this: T)`
      return node.name === 'this' ? [] : [node];
    case 'ClassDeclaration':
    case 'ClassExpression':
      return [plainClass(node)];
    case 'ImportDeclaration':
      return plainImport(node);
    case 'ExportNamedDeclaration':
    case 'ExportDefaultDeclaration':
      return plainExport(node);
    case 'TSEnumDeclaration':
      return [enumObject(node)];
    case 'TSModuleDeclaration':
      return namespaceCall(node);
    case 'TSImportEqualsDeclaration':
      return [importedConst(node)];
    case 'TSExportAssignment':
      return [assignment(node, member(node, identifier(node, 'module'), 'exports'), node.expression)];
    default:
      return [node];
  }
}

/** Methods without a body are signatures; decorators run with the class. */
function plainClass(node: TypedNode): TypedNode {
  const { body } = node;
  if (!isNode(body)) return node;
  const members = nodesOf(body.body).filter(
    (each) => each.abstract !== true && !(isNode(each.value) && each.value.type === 'TSDeclareMethod'),
  );
  const decorated = [node, ...members, ...members.flatMap(parametersOf)];
  const decorators = decorated
    .flatMap(({ decorators: found }) => nodesOf(found))
    .map((each) => made(each, 'ExpressionStatement', { expression: each.expression }));
  for (const each of decorated) each.decorators = undefined;
  body.body = decorators.length > 0 ? [made(node, 'StaticBlock', { body: decorators }), ...members] : members;
  return node;
}

/** Also the parameter after `private` and other modifiers. */
function parametersOf({ value }: TypedNode): readonly TypedNode[] {
  const parameters = isNode(value) ? nodesOf(value.params) : [];
  return parameters.flatMap((each) => (isNode(each.parameter) ? [each, each.parameter] : [each]));
}

function plainImport(node: TypedNode): readonly TypedNode[] {
  const specifiers = nodesOf(node.specifiers);
  const values = specifiers.filter(({ importKind }) => importKind !== 'type');
  if (specifiers.length > 0 && values.length === 0) return [];
  node.specifiers = values;
  return [node];
}

function plainExport(node: TypedNode): readonly TypedNode[] {
  if (isNode(node.declaration)) {
    const [declaration] = plain(node.declaration);
    if (declaration === undefined) return [];
    node.declaration = declaration;
  }
  node.specifiers = nodesOf(node.specifiers).filter(({ exportKind }) => exportKind !== 'type');
  return [node];
}

function enumObject(node: TypedNode): TypedNode {
  let next: number | undefined = 0;
  const properties = nodesOf(node.members).map((each) => {
    const value: TypedNode = isNode(each.initializer) ? each.initializer : literal(each, next);
    next = typeof value.value === 'number' ? value.value + 1 : undefined;
    const shape = { kind: 'init', computed: false, shorthand: false, method: false };
    return made(each, 'Property', { ...shape, key: each.id, value });
  });
  return variable(node, 'var', node.id, made(node, 'ObjectExpression', { properties }));
}

/** `var N = function () { .. }()`; its exported functions and classes are set on its name. */
function namespaceCall(node: TypedNode): readonly TypedNode[] {
  const { id, body } = node;
  if (!isNode(id) || id.type !== 'Identifier' || !isNode(body)) return [];
  const name = String(id.name);
  const statements = body.type === 'TSModuleDeclaration' ? [body] : nodesOf(body.body).flatMap(ofNamespace);
  const block = made(body, 'BlockStatement', { body: statements });
  const shape = { id: null, params: [], generator: false, async: false, expression: false };
  const callee = made(node, 'FunctionExpression', { ...shape, body: block });
  return [variable(node, 'var', id, made(node, 'CallExpression', { callee, arguments: [], optional: false }))];

  function ofNamespace(statement: TypedNode): readonly TypedNode[] {
    if (statement.type !== 'ExportNamedDeclaration' || statement.exportKind === 'type') return [statement];
    const { declaration } = statement;
    const named =
      isNode(declaration) && /^(Function|Class)Declaration$/.test(declaration.type) ? declaration : undefined;
    const exported = [
      ...(isNode(named?.id) && named.declare !== true ? [{ local: named.id, exported: named.id }] : []),
      ...nodesOf(statement.specifiers),
    ];
    return [
      ...(isNode(declaration) ? [declaration] : []),
      ...exported.flatMap(({ local, exported: outside }) => {
        if (!isNode(local) || !isNode(outside)) return [];
        return [assignment(local, member(local, identifier(local, name), String(outside.name)), { ...local })];
      }),
    ];
  }
}

/** `import x = require('y')`, `import x = N.y`. */
function importedConst(node: TypedNode): TypedNode {
  const reference = node.moduleReference;
  const value = isNode(reference) ? referred(reference) : null;
  const declaration = variable(node, 'const', node.id, value);
  if (node.isExport !== true) return declaration;
  return made(node, 'ExportNamedDeclaration', { declaration, specifiers: [], source: null, attributes: [] });
}

function referred(reference: TypedNode): TypedNode {
  if (reference.type === 'TSExternalModuleReference') {
    const callee = identifier(reference, 'require');
    return made(reference, 'CallExpression', { callee, arguments: [reference.expression], optional: false });
  }
  if (reference.type !== 'TSQualifiedName' || !isNode(reference.left) || !isNode(reference.right)) return reference;
  return member(reference, referred(reference.left), String(reference.right.name));
}

/** A node that is not in the text, with the position of `at`. */
const made = ({ start, end }: TypedNode, type: string, rest: Readonly<Record<string, unknown>>): TypedNode => ({
  type,
  start,
  end,
  range: [start, end],
  ...rest,
});

const identifier = (at: TypedNode, name: string): TypedNode => made(at, 'Identifier', { name });
const literal = (at: TypedNode, value: number | undefined): TypedNode =>
  value === undefined ? identifier(at, 'undefined') : made(at, 'Literal', { value, raw: String(value) });
const member = (at: TypedNode, object: unknown, name: string): TypedNode =>
  made(at, 'MemberExpression', { object, property: identifier(at, name), computed: false, optional: false });
const assignment = (at: TypedNode, left: TypedNode, right: unknown): TypedNode =>
  made(at, 'ExpressionStatement', { expression: made(at, 'AssignmentExpression', { operator: '=', left, right }) });
const variable = (at: TypedNode, kind: 'var' | 'const', id: unknown, init: unknown): TypedNode =>
  made(at, 'VariableDeclaration', { kind, declarations: [made(at, 'VariableDeclarator', { id, init })] });
