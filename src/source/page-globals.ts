import type { AnyNode } from 'acorn';
import type { ImportedNode, ScriptContext } from './context.js';
import { propertyName } from './properties.js';
import { follow, objectOf, propertyOf } from './values.js';

/** Objects that have the globals of a page as properties. */
const isWindow = ({ bindings }: ScriptContext, node: AnyNode): boolean =>
  node.type === 'Identifier' && /^(window|self|globalThis)$/.test(node.name) && bindings.variableOf(node) === undefined;

/** `settings.socket.url`, `window.settings.socket.url`: the global and the keys below it. */
interface Asked {
  readonly name: string;
  readonly keys: readonly string[];
}

const mostKeys = 6;

function askedIn(context: ScriptContext, expression: AnyNode): Asked | undefined {
  const { bindings } = context;
  const keys: string[] = [];
  let node = follow(expression, bindings);
  while (keys.length < mostKeys) {
    const variable = node.type === 'Identifier' ? bindings.variableOf(node) : undefined;
    // `const { server } = settings`
    const part = variable && bindings.partOf(variable);
    const isMember = node.type === 'MemberExpression' && !isWindow(context, node.object);
    const owner = isMember && node.type === 'MemberExpression' ? node.object : part?.value;
    if (owner === undefined) break;
    const key = isMember ? propertyName(node) : part?.key;
    if (key === undefined) return undefined;
    keys.unshift(key);
    node = follow(owner, bindings);
  }
  const isGlobal = node.type === 'Identifier' && bindings.variableOf(node) === undefined;
  const ofWindow = node.type === 'MemberExpression' && isWindow(context, node.object) ? propertyName(node) : undefined;
  const name = isGlobal && node.type === 'Identifier' ? node.name : ofWindow;
  return name === undefined ? undefined : { name, keys };
}

/** The values that a script gives a global where it runs in every case: `window.settings = ..`, `var settings = ..`. */
function valuesOf(context: ScriptContext, name: string): readonly AnyNode[] {
  const { tree, script } = context;
  return tree.program.body.flatMap((statement): readonly AnyNode[] => {
    if (statement.type === 'VariableDeclaration' && !script.isModule) {
      return statement.declarations.flatMap(({ id, init }) =>
        init && id.type === 'Identifier' && id.name === name ? [init] : [],
      );
    }
    const set = statement.type === 'ExpressionStatement' ? statement.expression : undefined;
    if (set?.type !== 'AssignmentExpression' || set.operator !== '=') return [];
    const { left, right } = set;
    const isIt =
      left.type === 'Identifier'
        ? left.name === name
        : left.type === 'MemberExpression' && isWindow(context, left.object) && propertyName(left) === name;
    return isIt ? [right] : [];
  });
}

const escaped = (name: string): string => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** How often a script sets a name; with `isKey` a property of this name of any object. */
function settingsOf({ script: { code } }: ScriptContext, name: string, isKey: boolean): number {
  const start = isKey ? '\\.\\s*' : '(?<![\\w$])';
  const sets = new RegExp(`${start}${escaped(name)}\\s*(?:\\|\\||\\?\\?)?=(?![=>])`, 'g');
  return [...code.matchAll(sets)].length;
}

/**
 * What a page's scripts take from globals that its other scripts set: `io(window.settings.server)`. Only where one script sets the global,
 * once and in every case, and none sets the property.
 *
 * @param scripts All scripts of the page; they are read when a value is asked for.
 */
export function globalsOf(
  scripts: () => readonly ScriptContext[],
): (context: ScriptContext, expression: AnyNode) => ImportedNode | undefined {
  let read: readonly ScriptContext[] | undefined;
  return (context, expression) => {
    const asked = askedIn(context, expression);
    if (asked === undefined) return undefined;
    read ??= scripts();
    const given = read.flatMap((each) => valuesOf(each, asked.name).map((node) => ({ node, context: each })));
    const [only, ...others] = given;
    const names = [asked.name, ...asked.keys];
    const isSetOnce = names.every((name, at) => {
      const count = (read ?? []).reduce((sum, each) => sum + settingsOf(each, name, at > 0), 0);
      return count === (at === 0 ? 1 : 0);
    });
    const [first] = asked.keys;
    // A text that a function gets stays as it is.
    const isHanded =
      first !== undefined && (read ?? []).some(({ bindings }) => bindings.changes.ofName(asked.name, first));
    return only === undefined || others.length > 0 || !isSetOnce || isHanded ? undefined : below(only, asked.keys);
  };
}

function below({ node: start, context }: ImportedNode, keys: readonly string[]): ImportedNode | undefined {
  let node = start;
  for (const key of keys) {
    const object = objectOf(node, context.bindings);
    const next = object && propertyOf(object, key, context.bindings);
    if (next === undefined) return undefined;
    node = next;
  }
  return { node, context };
}
