import type { AnyNode, CallExpression, NewExpression } from 'acorn';
import { clusterAdapter, isAdapterPackage } from './adapter-package.js';
import type { ScriptContext } from './context.js';
import { propertyName } from './properties.js';
import { isServer, packageBehind } from './server-object.js';
import type { Place } from './text-file.js';
import { objectOf, propertyOf } from './values.js';

/** `io.adapter(..)`, the option `adapter`, useAzureSocketIO: something connects the processes. */
export interface Attachment {
  readonly at: Place;
  /** Offset in the script's code. */
  readonly offset: number;
}

/** Options of something else: `new PrismaClient({ adapter })`, `axios.create({ adapter })`. */
function isOtherPackage(context: ScriptContext, { callee }: CallExpression | NewExpression): boolean {
  const name = packageBehind(context, callee);
  return name !== undefined && name !== 'socket.io';
}

/** Adapters that are passed in options. */
function adapterOptions(context: ScriptContext): readonly AnyNode[] {
  if (!/\badapter\b/.test(context.script.code)) return []; // most scripts: no second walk
  const ofServers = new Set<AnyNode>();
  const theirs = new Set<AnyNode>();
  const all = new Map<AnyNode, AnyNode>();
  for (const node of context.tree.ofType('CallExpression', 'NewExpression', 'ObjectExpression')) {
    if (node.type === 'ObjectExpression') {
      const adapter = propertyOf(node, 'adapter', context.bindings);
      if (adapter) all.set(node, adapter);
    }
    if (node.type !== 'CallExpression' && node.type !== 'NewExpression') continue;
    const objects = node.arguments
      .map((given) => objectOf(given, context.bindings))
      .filter((given) => given !== undefined);
    const isTheirs = isOtherPackage(context, node);
    for (const object of objects) {
      if (isServer(context, node)) ofServers.add(object);
      else if (isTheirs) theirs.add(object);
    }
  }
  const ofOthers = new Set([...theirs].flatMap((object) => context.tree.within(object)));
  return [...all].flatMap(([object, adapter]) => {
    if (ofServers.has(object)) return [adapter];
    const name = packageBehind(context, adapter);
    const isOne = name === undefined ? adapter.type !== 'Literal' && !ofOthers.has(object) : isAdapterPackage(name);
    return isOne ? [adapter] : [];
  });
}

/** The adapters with which a script connects the processes of an app. */
export function readAttachments(context: ScriptContext): Attachment[] {
  const adapters: AnyNode[] = [...adapterOptions(context)];
  for (const node of context.tree.ofType('CallExpression')) {
    const [given] = node.arguments;
    if (given && given.type !== 'Literal' && propertyName(node.callee) === 'adapter') adapters.push(given);
    const callee = node.callee.type === 'SequenceExpression' ? node.callee.expressions.at(-1) : node.callee;
    if (callee && context.moduleOf(callee) === '@azure/web-pubsub-socket.io#useAzureSocketIO') adapters.push(callee);
  }
  // The cluster adapter reaches the workers of node's own cluster, but iisnode's processes are not such workers.
  const joining = adapters.filter((adapter) => packageBehind(context, adapter) !== clusterAdapter);
  return joining.map(({ start }) => ({ at: context.place(start), offset: start }));
}
