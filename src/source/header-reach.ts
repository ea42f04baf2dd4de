import path from 'node:path';
import type { AnyNode, CallExpression } from 'acorn';
import { functionBehind } from './bindings.js';
import type { ScriptContext } from './context.js';
import { exportedAs, exportedNames } from './exports.js';
import { isFunctionNode } from './function-node.js';
import { propertyName } from './properties.js';
import { pathOf } from './served-folders.js';
import type { Place } from './text-file.js';
import { follow, readValue } from './values.js';

/** The lines of a file. */
export interface Lines {
  readonly file: string;
  readonly first: number;
  readonly last: number;
}

/** The responses that a piece of code has a hand in. */
export type PolicyReach =
  /** Each that the app makes: a middleware for all paths, the handler of a plain server. `at`: where it is used. */
  | { readonly kind: 'all'; readonly at: Place }
  /** A middleware, by the name under which the script exports it: the script that uses it decides. */
  | { readonly kind: 'exported'; readonly name: string }
  /** Files below a folder: setHeaders of express.static. undefined: it is not known which. */
  | { readonly kind: 'files'; readonly folder: string | undefined }
  /** What this code sends: pages in its text, and files whose names (in lower case) it mentions. */
  | { readonly kind: 'here'; readonly lines: readonly Lines[]; readonly names: ReadonlySet<string> };

/** A middleware for all paths from another script of the app: './security#default'. */
export interface MiddlewareUse {
  readonly module: string;
  readonly at: Place;
}

const branches =
  /^(?:IfStatement|ConditionalExpression|LogicalExpression|SwitchCase|CatchClause|For\w*Statement|(?:Do)?WhileStatement)$/;
const everyPath = /^(?:\/|\*|\/\*|\(\.\*\)|\/\(\.\*\)|\/?\{\*\w+\}|\/\*\w+)?$/;
const serverMakers = /^(?:node:)?https?#createServer$/;

/** Which responses have what a call sets. */
export function reachOf(context: ScriptContext, call: CallExpression): PolicyReach {
  const { tree } = context;
  let scope: AnyNode = call;
  let isWhole = true;
  for (let child: AnyNode = call, at = tree.parentOf(call); at; child = at, at = tree.parentOf(at)) {
    if (branches.test(at.type) && !isTestOf(at, child)) {
      // What is sent in the same branch.
      if (isWhole) scope = child;
      isWhole = false;
    }
    if (!isFunctionNode(at)) continue;
    const isFirst = isWhole && !returnsBefore(context, at, call);
    const use = useOf(context, at);
    if (use?.kind === 'files' || (isFirst && use !== undefined)) return use;
    if (isWhole) scope = at;
    // Of a callback, the code around it is meant: `readFile('index.html', (error, text) => ..)`.
    if (use !== undefined || !isCallback(context, at)) break;
  }
  return hereIn(context, scope);
}

const isTestOf = (node: AnyNode, child: AnyNode): boolean =>
  ('test' in node && node.test === child) || (node.type === 'LogicalExpression' && node.left === child);

/** Does the function end before it, for some requests? */
const returnsBefore = ({ tree }: ScriptContext, around: AnyNode, call: AnyNode): boolean =>
  tree.within(around).some((node) => node.type === 'ReturnStatement' && node.end <= call.start);

/** A function that another call is given, and that is no handler of a route. */
function isCallback({ tree }: ScriptContext, node: AnyNode): boolean {
  const parent = tree.parentOf(node);
  if (parent?.type !== 'CallExpression') return false;
  return !/^(?:get|post|put|patch|delete|all|route|use|on|once|addHook)$/.test(propertyName(parent.callee) ?? '');
}

/** How the program uses a function: itself, or by its name. */
function useOf(context: ScriptContext, made: AnyNode, runs = made): Exclude<PolicyReach, { kind: 'here' }> | undefined {
  const { tree, bindings } = context;
  const parent = tree.parentOf(made);
  const direct = parent && useIn(context, made, parent, runs);
  if (direct !== undefined) return direct;
  const named =
    made.type === 'FunctionDeclaration' ? made.id : parent?.type === 'VariableDeclarator' ? parent.id : undefined;
  const variable = named?.type === 'Identifier' ? bindings.variableOf(named) : undefined;
  const listed = exportedNames(tree).find(({ local }) => local === named);
  if (listed !== undefined && goesOn(context, runs)) return { kind: 'exported', name: listed.exported };
  for (const { identifier } of variable?.references ?? []) {
    const around = tree.parentOf(identifier);
    const use = around && useIn(context, identifier, around, runs);
    if (use !== undefined) return use;
  }
  // `() => (request, response, next) => ..` makes a middleware.
  const maker = makerOf(context, made);
  return maker && goesOn(context, made) ? useOf(context, maker, made) : undefined;
}

function makerOf({ tree }: ScriptContext, made: AnyNode): AnyNode | undefined {
  const parent = tree.parentOf(made);
  if (parent?.type === 'ArrowFunctionExpression') return parent;
  const body = parent?.type === 'ReturnStatement' ? tree.parentOf(parent) : undefined;
  const around = body && tree.parentOf(body);
  return around && isFunctionNode(around) ? around : undefined;
}

/** The use of a value in the code around it. */
function useIn(
  context: ScriptContext,
  value: AnyNode,
  parent: AnyNode,
  runs: AnyNode,
): Exclude<PolicyReach, { kind: 'here' }> | undefined {
  const { tree } = context;
  const isListed = exportedNames(tree).find(({ local }) => local === value);
  const name = isListed?.exported ?? exportedAs(tree, value);
  if (name !== undefined) return goesOn(context, runs) ? { kind: 'exported', name } : undefined;
  if (parent.type === 'Property' && propertyIs(parent, 'setHeaders') && parent.value === value) {
    const files = tree.ancestorsOf(parent).findLast((each) => each.type === 'CallExpression');
    return { kind: 'files', folder: files?.type === 'CallExpression' ? folderOf(context, files) : undefined };
  }
  if (parent.type !== 'CallExpression') return undefined;
  // `use(security())`
  const call = parent.callee === value ? tree.parentOf(parent) : parent;
  const given = parent.callee === value ? parent : value;
  const isLast = call?.type === 'CallExpression' && propertyName(call.callee) === 'use' && !goesOn(context, runs);
  return call?.type === 'CallExpression' && !isLast && isForAll(context, call, given)
    ? { kind: 'all', at: context.place(call.start) }
    : undefined;
}

/** Does a middleware call what is next? One that does not answers itself: pages of errors, of what is not found. */
function goesOn({ tree }: ScriptContext, made: AnyNode): boolean {
  if (!isFunctionNode(made) || made.params.length > 3) return false;
  const names = made.params.flatMap((each) => (each.type === 'Identifier' ? [each.name] : []));
  return tree
    .within(made)
    .some(
      (node) => node.type === 'CallExpression' && node.callee.type === 'Identifier' && names.includes(node.callee.name),
    );
}

const propertyIs = (node: Extract<AnyNode, { type: 'Property' }>, name: string): boolean =>
  !node.computed && node.key.type === 'Identifier' && node.key.name === name;

/** `app.use(f)`, `app.addHook('onRequest', f)`, `createServer(f)`, `server.on('request', f)`. */
export function isForAll(context: ScriptContext, call: CallExpression, given: AnyNode): boolean {
  const { callee, arguments: all } = call;
  if (!all.some((each) => each === given)) return false;
  if (serverMakers.test(context.moduleOf(callee) ?? '')) return all.at(-1) === given;
  const method = callee.type === 'MemberExpression' ? propertyName(callee) : undefined;
  const first = all[0] && readValue(all[0], context.bindings);
  const path = first?.kind === 'literal' ? String(first.value) : undefined;
  switch (method) {
    case 'use':
      return !isRouter(context, callee) && (all[0] === given || (path !== undefined && everyPath.test(path)));
    case 'addHook':
      return /^(?:onRequest|preParsing|preValidation|preHandler|preSerialization|onSend)$/.test(path ?? '');
    case 'ext':
      return path === 'onPreResponse';
    case 'on':
      return path === 'request';
    default:
      return false;
  }
}

/** A router's middleware is for the paths below it. */
function isRouter(context: ScriptContext, callee: AnyNode): boolean {
  if (callee.type !== 'MemberExpression') return false;
  const made = follow(callee.object, context.bindings);
  const maker = made.type === 'CallExpression' || made.type === 'NewExpression' ? made.callee : undefined;
  return maker !== undefined && /router/i.test(context.moduleOf(maker) ?? '');
}

/** The folder of `express.static(path.join(__dirname, '../public'), ..)`, as far as its name is written. */
function folderOf(context: ScriptContext, { arguments: [first] }: CallExpression): string | undefined {
  const found = first && pathOf(context, first, '');
  return found === undefined ? undefined : path.posix.normalize(found).replace(/^(?:\.{0,2}\/)+|\/$/g, '');
}

/** What a piece of code sends. */
function hereIn(context: ScriptContext, scope: AnyNode): PolicyReach {
  const { tree, bindings } = context;
  const parts = new Set<AnyNode>([scope]);
  for (const node of tree.within(scope)) {
    if (node.type !== 'Identifier') continue;
    const meant = follow(node, bindings);
    const behind = meant === node ? functionBehind(bindings, node) : meant;
    if (behind !== undefined && behind !== scope) parts.add(behind);
  }
  const lines: Lines[] = [];
  const names = new Set<string>();
  for (const part of parts) {
    const start = context.place(part.start);
    lines.push({ file: start.file, first: start.line, last: context.place(part.end).line });
    for (const node of tree.within(part)) {
      const text =
        node.type === 'Literal' ? node.value : node.type === 'TemplateElement' ? node.value.cooked : undefined;
      if (typeof text === 'string' && text.length < 300) names.add(text.slice(text.lastIndexOf('/') + 1).toLowerCase());
    }
  }
  return { kind: 'here', lines, names };
}

/** The middleware for all paths that a script takes from others of the app. */
export function readMiddlewareUses(context: ScriptContext): readonly MiddlewareUse[] {
  return context.tree.ofType('CallExpression').flatMap((call) =>
    call.arguments.flatMap((given) => {
      const made = given.type === 'CallExpression' ? given.callee : given;
      const module = given.type === 'SpreadElement' ? undefined : (context.moduleOf(given) ?? context.moduleOf(made));
      return module?.startsWith('.') && isForAll(context, call, given)
        ? [{ module, at: context.place(call.start) }]
        : [];
    }),
  );
}
