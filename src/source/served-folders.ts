import path from 'node:path';
import type { AnyNode, CallExpression } from 'acorn';
import type { ScriptContext } from './context.js';
import { isProcessEnv, propertyName } from './properties.js';
import { follow, objectOf, propertyOf, readValue } from './values.js';

const staticServers = /^(express#static|serve-static|koa-static|serve-handler|sirv|@koa\/static)$/;

/**
 * The folders whose files a server serves: `express.static(path.join(__dirname, '../client/dist'))`. Relative to the app's folder,
 * forward slashes; one outside of it starts with '..'.
 *
 * @param folder Where the script is when it runs, relative: its __dirname.
 */
export function readServedFolders(context: ScriptContext, folder: string): readonly string[] {
  return context.tree.ofType('CallExpression').flatMap((node) => {
    const [first, second] = node.arguments;
    const isStatic = staticServers.test(context.moduleOf(node.callee) ?? '');
    // `app.register(fastifyStatic, { root: path.join(__dirname, 'public') })`, `ServeStaticModule.forRoot({ rootPath })`
    const isPlugin = /^(register|forRoot)$/.test(propertyName(node.callee) ?? '');
    const options = isPlugin
      ? (objectOf(second?.type === 'SpreadElement' ? undefined : second, context.bindings) ??
        objectOf(first?.type === 'SpreadElement' ? undefined : first, context.bindings))
      : undefined;
    const given = isStatic
      ? first
      : options && (propertyOf(options, 'root', context.bindings) ?? propertyOf(options, 'rootPath', context.bindings));
    const found = given && pathOf(context, given, folder);
    return found === undefined ? [] : [path.posix.normalize(found).replace(/\/$/, '')];
  });
}

/**
 * The value of an expression that is a path, joined as path.join does; undefined where it is not known.
 *
 * @param folder What __dirname is.
 */
export function pathOf(context: ScriptContext, expression: AnyNode, folder: string, depth = 0): string | undefined {
  const node = follow(expression, context.bindings);
  if (depth > 10 || isProcessEnv(node)) return undefined;
  const partOf = (each: AnyNode): string | undefined => pathOf(context, each, folder, depth + 1);
  switch (node.type) {
    case 'Identifier':
      return node.name === '__dirname' ? folder : undefined;
    case 'MemberExpression':
      return node.object.type === 'MetaProperty' && propertyName(node) === 'dirname' ? folder : undefined;
    case 'BinaryExpression':
      return node.operator === '+' ? joined([partOf(node.left), partOf(node.right)], '') : undefined;
    case 'TemplateLiteral': {
      const parts = node.quasis.flatMap((quasi, index) => {
        const inner = node.expressions[index];
        return [quasi.value.cooked ?? '', ...(inner ? [partOf(inner)] : [])];
      });
      return joined(parts, '');
    }
    case 'CallExpression': {
      const method = propertyName(node.callee) ?? '';
      // A server runs in the app's folder.
      if (method === 'cwd') return '.';
      if (isFolderOfModule(context, node)) return folder;
      const isJoin =
        /^(node:)?path#(join|resolve)$/.test(context.moduleOf(node.callee) ?? '') || /^(join|resolve)$/.test(method);
      return isJoin ? joined(node.arguments.map(partOf), '/') : undefined;
    }
    default: {
      const value = readValue(node, context.bindings);
      return value.kind === 'literal' ? String(value.value) : undefined;
    }
  }
}

/** `dirname(fileURLToPath(import.meta.url))`: the __dirname of an ES module. */
function isFolderOfModule(context: ScriptContext, { callee, arguments: [given] }: CallExpression): boolean {
  const inner = given && follow(given, context.bindings);
  const isCall =
    nameOf(callee) === 'dirname' && inner?.type === 'CallExpression' && nameOf(inner.callee) === 'fileURLToPath';
  const url = isCall ? inner.arguments[0] : undefined;
  return url?.type === 'MemberExpression' && url.object.type === 'MetaProperty' && propertyName(url) === 'url';
}

const nameOf = (callee: AnyNode): string | undefined =>
  callee.type === 'Identifier' ? callee.name : propertyName(callee);

const joined = (parts: readonly (string | undefined)[], separator: string): string | undefined =>
  parts.includes(undefined) ? undefined : parts.join(separator);
