import type { AnyNode, ObjectExpression } from 'acorn';
import { addTo } from './add-to.js';
import { isSubclass } from './fields.js';
import { namedFunctions } from './named-functions.js';
import { propertyName } from './properties.js';
import { nearest, type Tree } from './tree.js';
import { isSetAgain, type Variable } from './variable.js';

/** What sets properties of its first argument: `Object.assign(config, ..)`, `_.merge(config, ..)`. */
const setters =
  /^(?:assign(?:In|With|InWith)?|merge(?:With)?|extend(?:With)?|defaults(?:Deep)?|set(?:With)?|mixin|defineProperty|defineProperties)$/;

/** What gets an object and leaves it as it is, by the names that people use: `log(config)`, `startServer(config)`. */
const readers =
  /^(?:log|info|debug|warn|error|trace|fatal|dir|table|print|show|write|send|json|emit|use|listen|serve|push|render|resolve|next|done|callback|cb|init|set_?up|start|run|create|boot|connect|register|mount|routes?|check|validate|assert|io\b|for(?:Root|Child)\b|provide)/i;

/** An object literal, a key of it, and the expression that leads to it: `config` of `config.port`. */
interface OfObject {
  readonly object: ObjectExpression;
  readonly key: string;
  readonly by: AnyNode;
}

/** What a program sets after it was made. */
export interface Changes {
  /**
   * May the program change a property of an object literal after it made it?
   *
   * @param besides A call that gets the object, and is not asked about.
   */
  ofObject(property: OfObject, besides?: AnyNode): boolean;
  /** May it set a property of the objects of a class from outside, or by a name that it computes? */
  ofClass(body: AnyNode, key: string): boolean;
  /** May it set a property of what a variable has? Also where that is of another module. */
  ofName(name: string, key: string): boolean;
}

/** By name only: which object it is, no reader can say. */
interface Changed {
  readonly keys: ReadonlySet<string>;
  readonly keysOf: ReadonlyMap<string, ReadonlySet<string>>;
  /** Names of objects of which any property may be changed. */
  readonly objects: ReadonlySet<string>;
  /** Classes and object literals that may change any property of themselves. */
  readonly selves: ReadonlySet<AnyNode>;
  /** The calls of what this program does not have, by the names of the objects that they get. */
  readonly calls: ReadonlyMap<string, readonly AnyNode[]>;
}

/**
 * Reads what a program sets of its objects.
 *
 * @param variableOf The variable of a name.
 */
export function changesOf(tree: Tree, variableOf: (name: AnyNode) => Variable | undefined): Changes {
  let known: Changed | undefined;
  let instances: ReadonlyMap<string, readonly string[]> | undefined;
  const changed = (): Changed => {
    known ??= changedIn(tree);
    return known;
  };
  const ofName = (name: string, key: string): boolean => {
    const { objects, keysOf, calls } = changed();
    return objects.has(name) || calls.has(name) || keysOf.get(name)?.has(key) === true;
  };
  /** What is set of the objects of each class, from outside. */
  const ofBodies = new Map<AnyNode, OutsideChanges>();
  const setOutside = (body: AnyNode): OutsideChanges => {
    const name = nameOfClass(tree, body);
    instances ??= namesOfObjects(tree);
    const found =
      ofBodies.get(body) ?? outsideChanges(name === undefined ? [] : (instances.get(name) ?? []), changed());
    ofBodies.set(body, found);
    return found;
  };
  let isOpenBelow: boolean | undefined;
  return {
    ofName,
    ofObject: ({ object, key, by }, besides) => {
      const { keys, objects, calls, selves } = changed();
      const { name, around } = placeOf(tree, object);
      const isOpen = (each: string | undefined): boolean =>
        each !== undefined && (objects.has(each) || (calls.get(each)?.some((call) => call !== besides) ?? false));
      const isSet = keys.has(key) || isOpen(rootOf(by)) || isOpen(name) || around.some((each) => selves.has(each));
      return isSet && !isOnlyRead(tree, object, variableOf(by));
    },
    ofClass: (body, key) => {
      const { selves } = changed();
      if (selves.has(body)) return true;
      isOpenBelow ??= [...selves].some((each) => isSubclass(tree, each));
      const { isOpen, keys } = setOutside(body);
      return isOpenBelow || isOpen || keys.has(key);
    },
  };
}

/**
 * Its members are only read: what is set by this key or name is another object. In a minified program many have the same names.
 */
function isOnlyRead(tree: Tree, object: ObjectExpression, variable: Variable | undefined): boolean {
  const [definition] = variable?.defs ?? [];
  const declared = definition?.node;
  if (variable === undefined || variable.defs.length !== 1 || isSetAgain(variable)) return false;
  if (declared?.type !== 'VariableDeclarator' || declared.init !== object || declared.id.type !== 'Identifier')
    return false;
  if (tree.within(object).some(({ type }) => type === 'ThisExpression')) return false;
  return variable.references.every(({ identifier }) => {
    const member = tree.parentOf(identifier);
    if (member === declared) return true;
    const use = member && tree.parentOf(member);
    if (member?.type !== 'MemberExpression' || member.object !== identifier || propertyName(member) === undefined)
      return false;
    return use !== undefined && !setsMember(tree, use, member);
  });
}

/** Does it, or may it, set a property of the object by what it does with one of its members? */
function setsMember(tree: Tree, use: AnyNode, member: AnyNode): boolean {
  if (use.type === 'AssignmentExpression' || use.type === 'ForInStatement' || use.type === 'ForOfStatement')
    return use.left === member;
  if (use.type === 'UnaryExpression') return use.operator === 'delete';
  // A method may set any of them.
  if (use.type === 'CallExpression') return use.callee === member;
  if (use.type === 'Property') return tree.parentOf(use)?.type === 'ObjectPattern';
  return use.type === 'UpdateExpression' || /Pattern$|^RestElement$/.test(use.type);
}

interface OutsideChanges {
  readonly isOpen: boolean;
  readonly keys: ReadonlySet<string>;
}

function outsideChanges(names: readonly string[], { objects, calls, keysOf }: Changed): OutsideChanges {
  const isOpen = names.some((name) => objects.has(name) || calls.has(name));
  const [only = '', ...others] = new Set(names);
  // Many classes may have an object of the same name.
  if (others.length === 0) return { isOpen, keys: keysOf.get(only) ?? new Set() };
  return { isOpen, keys: new Set([only, ...others].flatMap((name) => [...(keysOf.get(name) ?? [])])) };
}

/** The object literals around an object literal, itself first, and the name of the variable or field that has them. */
function placeOf(tree: Tree, object: ObjectExpression): { name: string | undefined; around: readonly AnyNode[] } {
  const around: AnyNode[] = [object];
  let at = tree.parentOf(object);
  for (; at?.type === 'Property' || at?.type === 'ObjectExpression'; at = tree.parentOf(at)) around.push(at);
  if (at?.type === 'VariableDeclarator') return { name: rootOf(at.id), around };
  return { name: at?.type === 'AssignmentExpression' ? rootOf(at.left) : undefined, around };
}

function nameOfClass(tree: Tree, body: AnyNode): string | undefined {
  const whole = tree.parentOf(body);
  if (whole?.type !== 'ClassDeclaration' && whole?.type !== 'ClassExpression') return undefined;
  const around = tree.parentOf(whole);
  return around?.type === 'VariableDeclarator' ? rootOf(around.id) : whole.id?.name;
}

/** The variables that have objects of a class, by the name of the class. */
function namesOfObjects(tree: Tree): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const node of tree.ofType('NewExpression')) {
    const around = tree.parentOf(node);
    const target =
      around?.type === 'VariableDeclarator' ? around.id : around?.type === 'AssignmentExpression' && around.left;
    const name = target ? rootOf(target) : undefined;
    if (node.callee.type === 'Identifier' && name !== undefined) addTo(found, node.callee.name, name);
  }
  return found;
}

function changedIn(tree: Tree): Changed {
  const keys = new Set<string>();
  const keysOf = new Map<string, Set<string>>();
  const opened: AnyNode[] = [];
  const change = (target: AnyNode): void => {
    if (target.type !== 'MemberExpression') return;
    const key = propertyName(target);
    if (key === undefined) {
      opened.push(target.object);
      return;
    }
    keys.add(key);
    const root = rootOf(target.object) ?? '';
    keysOf.set(root, (keysOf.get(root) ?? new Set()).add(key));
  };
  const set = (target: AnyNode): void => {
    // `({ PORT: config.port } = process.env)`
    const isPattern = target.type === 'ObjectPattern' || target.type === 'ArrayPattern';
    for (const each of isPattern ? tree.within(target) : [target]) change(each);
  };
  for (const { left } of tree.ofType('AssignmentExpression', 'ForOfStatement', 'ForInStatement')) set(left);
  for (const { argument } of tree.ofType('UpdateExpression')) change(argument);
  for (const { operator, argument } of tree.ofType('UnaryExpression')) if (operator === 'delete') change(argument);
  const functions = namedFunctions(tree);
  const calls = new Map<string, AnyNode[]>();
  for (const call of tree.ofType('CallExpression')) {
    const { callee, arguments: given } = call;
    const name = callee.type === 'Identifier' ? callee.name : propertyName(callee);
    if (name !== undefined && functions.has(name)) continue;
    if (name !== undefined && setters.test(name)) {
      // Compilers set `exports.__esModule` so.
      const isOneKey = name === 'defineProperty' && given[1]?.type === 'Literal';
      // `$.extend(true, config, ..)`
      const target = given[0]?.type === 'Literal' && given[0].value === true ? given[1] : given[0];
      if (target && !isOneKey) opened.push(target);
    } else if (isStatement(tree, call) && !readers.test(name ?? ''))
      for (const each of given) if (each.type === 'Identifier') addTo(calls, each.name, call);
  }
  return { keys, keysOf, calls, ...spread(tree, opened, functions) };
}

/** Its result is not used, so it is called for what it does. */
function isStatement(tree: Tree, call: AnyNode): boolean {
  const around = tree.parentOf(call);
  const outer = around?.type === 'AwaitExpression' ? tree.parentOf(around) : around;
  return outer?.type === 'ExpressionStatement';
}

/** The objects of which any property is set, also by the functions that get them. */
function spread(
  tree: Tree,
  opened: readonly AnyNode[],
  functions: ReturnType<typeof namedFunctions>,
): Pick<Changed, 'objects' | 'selves'> {
  const objects = new Set<string>();
  const selves = new Set<AnyNode>();
  const selfAround = nearest(tree, (node) =>
    node.type === 'ClassBody' || node.type === 'ObjectExpression' ? node : undefined,
  );
  const aliases = aliasesIn(tree);
  const pending = [...opened];
  for (let node = pending.pop(); node; node = pending.pop()) {
    const name = rootOf(node);
    if (name === 'this') {
      let self = selfAround(tree.parentOf(node));
      // `this.rooms[key] = ..` changes no field of its class.
      for (; self && !selves.has(self); self = selfAround(tree.parentOf(self))) {
        if (self.type !== 'ClassBody' || node.type === 'ThisExpression') selves.add(self);
        if (self.type === 'ClassBody') break;
      }
    }
    if (name === undefined || objects.has(name)) continue;
    objects.add(name);
    for (const given of functions.givenTo(name)) pending.push(given);
    for (const source of aliases.get(name) ?? []) pending.push(source);
  }
  return { objects, selves };
}

/** What the names of a program are other names of: `config` of `const settings = config.web`. */
function aliasesIn(tree: Tree): ReadonlyMap<string, readonly AnyNode[]> {
  const found = new Map<string, AnyNode[]>();
  for (const { id, init } of tree.ofType('VariableDeclarator')) {
    if (!init || rootOf(init) === undefined) continue;
    const names = id.type === 'Identifier' ? [id] : tree.within(id);
    for (const name of names) if (name.type === 'Identifier') addTo(found, name.name, init);
  }
  return found;
}

/** 'config' of `config.server.port`; 'this' of `this.config`. */
function rootOf(node: AnyNode): string | undefined {
  let at = node;
  while (at.type === 'MemberExpression') at = at.object;
  if (at.type === 'ThisExpression') return 'this';
  return at.type === 'Identifier' ? at.name : undefined;
}
