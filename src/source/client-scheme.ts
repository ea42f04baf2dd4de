import type {
  AnyNode,
  CallExpression,
  ConditionalExpression,
  IfStatement,
  LogicalExpression,
  NewExpression,
} from 'acorn';
import type { ScriptContext } from './context.js';
import { isGuarded } from './listens.js';
import { propertyName } from './properties.js';
import type { Place } from './text-file.js';
import { objectOf, propertyOf, readValue } from './values.js';

/** Where a server acts on whether a request came by https. */
export interface SchemeUse {
  /** `cookie`: a session that is only sent by https; `redirect`: every request by http is sent to https. */
  readonly kind: 'cookie' | 'redirect';
  /** 'express-session', or the text of the test. */
  readonly by: string;
  readonly at: Place;
  /** The test is of X-Forwarded-Proto itself. */
  readonly isOfHeader?: true;
}

export interface ClientScheme {
  readonly uses: readonly SchemeUse[];
  /** It reads X-Forwarded-Proto: 'trust proxy' of Express, `proxy` of Koa and of a session, trustProxy of Fastify. */
  readonly trusts: boolean;
}

/** Reads what runs in every environment. */
export function readClientScheme(context: ScriptContext): ClientScheme {
  const calls = context.tree.ofType('CallExpression', 'NewExpression');
  return {
    uses: [
      ...calls.flatMap((call) => secureSession(context, call) ?? []),
      ...context.tree
        .ofType('IfStatement', 'ConditionalExpression', 'LogicalExpression')
        .flatMap((node) => redirectOf(context, node) ?? []),
    ],
    trusts:
      context.tree.ofType('Literal').some(({ value }) => value === 'trust proxy') ||
      context.tree.nodes.some((node) => node.type === 'MemberExpression' && propertyName(node) === 'proxy') ||
      context.tree
        .ofType('Property')
        .some(({ key }) => key.type === 'Identifier' && /^(trustP|secureP|p)roxy$/.test(key.name)),
  };
}

/** `session({ cookie: { secure: true } })`: neither package sets such a cookie for a request that it takes for one of http. */
function secureSession(context: ScriptContext, call: CallExpression | NewExpression): SchemeUse | undefined {
  const by = context.moduleOf(call.callee);
  if ((by !== 'express-session' && by !== 'cookie-session') || isGuarded(context, call)) return undefined;
  const options = objectOf(call.arguments[0], context.bindings);
  const cookie =
    by === 'cookie-session'
      ? options
      : options && objectOf(propertyOf(options, 'cookie', context.bindings), context.bindings);
  const secure = cookie && propertyOf(cookie, 'secure', context.bindings);
  const value = secure && readValue(secure, context.bindings);
  if (secure === undefined || value?.kind !== 'literal' || value.value !== true) return undefined;
  return { kind: 'cookie', by, at: context.place(secure.start) };
}

/**
 * `if (!req.secure) return res.redirect('https://..')`, also as `if (req.secure) return next(); res.redirect(..)`, and as expressions:
 * `req.secure ? next() : res.redirect(..)`, `req.secure || res.redirect(..)`.
 */
function redirectOf(context: ScriptContext, node: Branch): SchemeUse | undefined {
  const test = node.type === 'LogicalExpression' ? node.left : node.test;
  const holds = holdsOverPipe(test);
  if (holds === undefined || isGuarded(context, node)) return undefined;
  const taken = takenOf(context, node, holds);
  if (!taken.some((each) => context.tree.within(each).some((inner) => isRedirectToHttps(context, inner))))
    return undefined;
  const { start, end } = test;
  const by = context.script.code.slice(start, end).replace(/\s+/g, ' ');
  const isOfHeader = /x-forwarded-proto/i.test(by);
  return { kind: 'redirect', by, at: context.place(start), ...(isOfHeader && { isOfHeader }) };
}

type Branch = IfStatement | ConditionalExpression | LogicalExpression;

/** What runs where the test has this value. */
function takenOf(context: ScriptContext, node: Branch, holds: boolean): readonly AnyNode[] {
  if (node.type === 'LogicalExpression')
    return (node.operator === '&&' && holds) || (node.operator === '||' && !holds) ? [node.right] : [];
  if (holds) return [node.consequent];
  if (node.alternate) return [node.alternate];
  return node.type === 'IfStatement' ? behind(context, node) : [];
}

/** What runs after a statement whose branch ends the function. */
function behind({ tree }: ScriptContext, node: IfStatement): readonly AnyNode[] {
  const around = tree.parentOf(node);
  const ends = tree.within(node.consequent).some(({ type }) => type === 'ReturnStatement');
  return ends && around?.type === 'BlockStatement' ? around.body.slice(around.body.indexOf(node) + 1) : [];
}

function isRedirectToHttps({ script }: ScriptContext, node: AnyNode): boolean {
  if (node.type !== 'CallExpression' || propertyName(node.callee) !== 'redirect') return false;
  return /https:\/\//.test(script.code.slice(node.start, node.end));
}

/** Usual names of a request, and of Koa's context. */
const requests = /^_?(req|request|ctx|context)$/i;

const isOfRequest = (node: AnyNode, name: string): boolean =>
  node.type === 'MemberExpression' &&
  propertyName(node) === name &&
  node.object.type === 'Identifier' &&
  requests.test(node.object.name);

/** `req.headers['x-forwarded-proto']`, `req.get('X-Forwarded-Proto')` */
function isForwardedProto(node: AnyNode): boolean {
  const isName = (text: unknown): boolean => typeof text === 'string' && text.toLowerCase() === 'x-forwarded-proto';
  if (node.type === 'MemberExpression') return isOfRequest(node.object, 'headers') && isName(propertyName(node));
  if (node.type !== 'CallExpression' || !/^(get|header)$/.test(propertyName(node.callee) ?? '')) return false;
  const [name] = node.arguments;
  const { callee } = node;
  return (
    callee.type === 'MemberExpression' &&
    isOfRequest(callee, propertyName(callee) ?? '') &&
    name?.type === 'Literal' &&
    isName(name.value)
  );
}

/** The value of a test for a request that came through a pipe, which is one of http; undefined where it depends on more. */
function holdsOverPipe(test: AnyNode): boolean | undefined {
  if (isOfRequest(test, 'secure')) return false;
  if (test.type === 'UnaryExpression' && test.operator === '!') {
    const inner = holdsOverPipe(test.argument);
    return inner === undefined ? undefined : !inner;
  }
  if (test.type !== 'BinaryExpression' || test.right.type !== 'Literal') return undefined;
  const { value } = test.right;
  const isSame = /^===?$/.test(test.operator);
  if (!isSame && !/^!==?$/.test(test.operator)) return undefined;
  // Without the header it is another text, or none.
  if (isForwardedProto(test.left) && value === 'https') return !isSame;
  if (isOfRequest(test.left, 'protocol') && typeof value === 'string') return (value === 'http') === isSame;
  if (isOfRequest(test.left, 'secure') && typeof value === 'boolean') return (value === false) === isSame;
  return undefined;
}
