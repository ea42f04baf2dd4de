import type { AnyNode, CallExpression, Identifier } from 'acorn';
import { full, fullAncestor } from 'acorn-walk';
import type { ScriptContext } from './context.js';
import type { Place } from './text-file.js';
import { follow, propertyName } from './values.js';

/** `app.listen(..)`, which makes a server of its own, while socket.io waits on one that nothing makes listen. */
export interface OtherListen {
  readonly at: Place;
  /** 'app' and 'server', as the script calls them. */
  readonly app: string;
  readonly server: string;
  /** Where the app's name stands in the file; undefined when `server` does not answer for the app. */
  readonly span: { readonly start: number; readonly end: number } | undefined;
}

const serverMakers = /^(node:)?https?#createServer$/;
const socketServers = /^socket\.io(#Server|#listen)?$/;

/** The http server, by name, that socket.io is given. */
function givenServer(
  context: ScriptContext,
): { readonly name: string; readonly made: CallExpression; readonly socketAt: AnyNode } | undefined {
  let found: ReturnType<typeof givenServer>;
  full(context.program, (node) => {
    if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return;
    const [first] = node.arguments;
    if (first?.type !== 'Identifier' || !socketServers.test(context.moduleOf(node.callee) ?? '')) return;
    const made = follow(first, context.bindings);
    if (made.type !== 'CallExpression' || !serverMakers.test(context.moduleOf(made.callee) ?? '')) return;
    found ??= { name: first.name, made, socketAt: node };
  });
  return found;
}

/** Does the script do anything else with the server than declaring it, giving it to socket.io and `server.on(..)`? */
function isUsedElsewhere(context: ScriptContext, name: string, socketAt: AnyNode): boolean {
  let used = false;
  fullAncestor(context.program, (node, _state, ancestors) => {
    if (node.type !== 'Identifier' || node.name !== name) return;
    const parent = ancestors.at(-2);
    if (parent === undefined || parent === socketAt || parent.type === 'VariableDeclarator') return;
    if (parent.type === 'MemberExpression' && /^(on|once)$/.test(propertyName(parent) ?? '')) return;
    used = true;
  });
  return used;
}

/** The call; undefined when there is none, or it cannot be told that it is the wrong server's. */
export function readOtherListen(context: ScriptContext): OtherListen | undefined {
  const given = givenServer(context);
  if (!given || isUsedElsewhere(context, given.name, given.socketAt)) return undefined;
  let app: Identifier | undefined;
  let ioListens = false;
  full(context.program, (node) => {
    if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return;
    const method = propertyName(node.callee);
    const { object } = node.callee;
    const owner = follow(object, context.bindings);
    const isExpress = owner.type === 'CallExpression' && context.moduleOf(owner.callee) === 'express';
    if (method === 'listen' && isExpress && object.type === 'Identifier') app ??= object;
    if ((method === 'listen' || method === 'attach') && !isExpress) ioListens = true;
  });
  if (!app || ioListens) return undefined;
  const { name, start, end } = app;
  const answers = given.made.arguments.at(-1);
  const isSame = answers?.type === 'Identifier' && answers.name === name;
  const { offset, isLoose } = context.script;
  const span = isSame && !isLoose ? { start: start + offset, end: end + offset } : undefined;
  return { at: context.place(start), app: name, server: given.name, span };
}
