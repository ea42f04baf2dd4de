import type { AnyNode } from 'acorn';
import type { ScriptContext } from './context.js';
import { keyOf, propertyName } from './properties.js';
import type { Place } from './text-file.js';

/** Responses that a script sends piece by piece. */
export interface StreamUse {
  /** The position of Content-Type: text/event-stream. */
  readonly eventStreams: readonly Place[];
  /** It asks proxies not to change responses (Cache-Control: no-transform). */
  readonly forbidsTransform: boolean;
}

const headerSetters = new Set(['setHeader', 'set', 'header', 'type', 'contentType', 'append', 'appendHeader']);

const textOf = (node: AnyNode | null | undefined): string =>
  node?.type === 'Literal' && typeof node.value === 'string' ? node.value : '';
const isEventStream = (node: AnyNode | null | undefined): boolean => /^\s*text\/event-stream\b/i.test(textOf(node));

/** An Accept header also contains the type, but sends nothing: only code that sets the type of a response counts. */
function isAnswer(node: AnyNode): boolean {
  // Koa: `ctx.type = 'text/event-stream'`
  if (node.type === 'AssignmentExpression') {
    return /^(type|contentType)$/.test(propertyName(node.left) ?? '') && isEventStream(node.right);
  }
  if (node.type === 'Property') return /^content-?type$/i.test(keyOf(node) ?? '') && isEventStream(node.value);
  if (node.type !== 'CallExpression' || !headerSetters.has(propertyName(node.callee) ?? '')) return false;
  const [first, second] = node.arguments;
  return isEventStream(first) || (/^content-type$/i.test(textOf(first)) && isEventStream(second));
}

/** Finds the server-sent events of a script. */
export function readStreams(context: ScriptContext): StreamUse {
  const eventStreams: Place[] = [];
  let forbidsTransform = false;
  for (const node of context.tree.ofType('AssignmentExpression', 'Property', 'CallExpression', 'Literal')) {
    if (isAnswer(node)) eventStreams.push(context.place(node.start));
    if (/\bno-transform\b/.test(textOf(node))) forbidsTransform = true;
  }
  return { eventStreams, forbidsTransform };
}
