import type { AnyNode, CallExpression, NewExpression } from 'acorn';
import type { ScriptContext } from './context.js';
import { propertyName } from './properties.js';
import { nearest } from './tree.js';
import { hasSpread, objectOf, propertyOf, readValue } from './values.js';

/** A connection that a package of a framework opens: it hands an address and options on to socket.io's client. */
export interface WrappedCall {
  readonly node: CallExpression | NewExpression;
  /** The script that has the address and the options. */
  readonly context: ScriptContext;
  /** 'url' of `{ url: '/' }`; undefined for an argument. */
  readonly key: string | undefined;
  readonly url: AnyNode | undefined;
  readonly options: AnyNode | undefined;
}

/** `io(config.url, config.options)` is all they do (ngx-socket-io, src/socket-io.service.ts; vue-socket.io, src/index.js). */
const ofAngular = /^(?:ngx?-socket-io)(?:#|$)/;
const ofVue = /^(?:vue-socket\.io|vue-3-socket\.io|@hlf01\/vue3-socket\.io|vue3-socket|vue-socketio)(?:#default)?$/;

/** Does a text mention one of these packages? */
export const mayWrap = (text: string): boolean => /\bngx?-socket-io\b|\bvue3?-(?:3-)?socket/.test(text);

/** Every connection that a page's script opens through such a package. */
export function wrappedCalls(context: ScriptContext): readonly WrappedCall[] {
  if (!context.modules.some(({ specifier }) => ofAngular.test(specifier) || ofVue.test(specifier))) return [];
  return context.tree.ofType('CallExpression', 'NewExpression').flatMap((node) => {
    const [first, second, third] = node.arguments;
    if (isOfAngular(context, node)) return configured(context, node, first, 'url');
    if (node.type === 'NewExpression')
      return ofVue.test(context.moduleOf(node.callee) ?? '') ? configured(context, node, first, 'connection') : [];
    // Vue.use(VueSocketIO, 'http://host', options); app.use(VueSocketIO, { connection, options })
    const isPlugin = propertyName(node.callee) === 'use' && first && ofVue.test(context.moduleOf(first) ?? '');
    if (!isPlugin || second === undefined) return [];
    if (objectOf(second, context.bindings)) return configured(context, node, second, 'connection');
    return isAddress(context, second) ? [{ node, context, key: undefined, url: second, options: third }] : [];
  });
}

/** `SocketIoModule.forRoot(config)`, `provideSocketIo(config)`, `new Socket(config)`, `super(config)` of a class that extends it. */
function isOfAngular(context: ScriptContext, { callee }: CallExpression | NewExpression): boolean {
  const from = (node: AnyNode | null | undefined): string => (node && context.moduleOf(node)) ?? '';
  if (callee.type === 'Super') return ofAngular.test(from(superClassOf(context, callee)));
  const maker = propertyName(callee) === 'forRoot' && callee.type === 'MemberExpression' ? callee.object : callee;
  return ofAngular.test(from(maker)) && /#(?:SocketIoModule|provideSocketIo|Socket)$/.test(from(maker));
}

function superClassOf({ tree }: ScriptContext, node: AnyNode): AnyNode | null | undefined {
  const around = nearest(tree, (at) =>
    at.type === 'ClassDeclaration' || at.type === 'ClassExpression' ? at : undefined,
  );
  return around(node)?.superClass;
}

function configured(
  own: ScriptContext,
  node: CallExpression | NewExpression,
  config: AnyNode | undefined,
  key: string,
): readonly WrappedCall[] {
  if (config === undefined) return [];
  const imported = objectOf(config, own.bindings) ? undefined : own.imported?.(config);
  const context = imported?.context ?? own;
  const object = objectOf(imported?.node ?? config, context.bindings);
  if (object === undefined || hasSpread(object, context.bindings)) return [];
  const url = propertyOf(object, key, context.bindings);
  // `connection: io(..)` is a connection of its own.
  if (url === undefined || !isAddress(context, url)) return [];
  return [{ node, context, key, url, options: propertyOf(object, 'options', context.bindings) }];
}

/** Not a socket, which the packages for Vue take as well. */
function isAddress(context: ScriptContext, node: AnyNode): boolean {
  const { bindings, script, imported } = context;
  if (readValue(node, bindings).kind === 'literal') return true;
  const found = imported?.(node);
  if (found && readValue(found.node, found.context.bindings).kind === 'literal') return true;
  return /^(?:[\w.]*\blocation\.\w+|(?:process|import\.meta)\.env\.\w+|`[^`]*`)$/.test(
    script.code.slice(node.start, node.end),
  );
}
