import path from 'node:path';
import type { AnyNode, CallExpression, NewExpression } from 'acorn';
import type { ScriptContext } from './context.js';
import type { AppFolder } from './folder.js';
import { isGuarded } from './listens.js';
import { propertyName } from './properties.js';
import { pathOf } from './served-folders.js';
import type { LoadedScript } from './server-sources.js';
import type { Place } from './text-file.js';
import { follow, readValue } from './values.js';

/** A script of the app that a server starts as a process of its own. */
export interface ChildScript {
  /** Relative to the app, forward slashes, as on disk. */
  readonly name: string;
  readonly at: Place;
}

const starters = /^(?:node:)?child_process#(fork|spawn|execFile)$/;

/** `fork('./server.js')`, `spawn(process.execPath, [path.join(__dirname, 'server.js')])`; those in every environment. */
export function readChildScripts(folder: AppFolder, { name: from, context }: LoadedScript): readonly ChildScript[] {
  if (context === undefined) return [];
  return context.tree.ofType('CallExpression').flatMap((call) => {
    const script = scriptOf(context, call);
    if (script === undefined || isGuarded(context, call)) return [];
    // Without __dirname it is relative to the working directory, the app's folder.
    const named = pathOf(context, script, path.posix.dirname(from));
    const file = named === undefined ? undefined : path.posix.normalize(named.replaceAll('\\', '/'));
    const name = file && (folder.spelling(file) ?? folder.spelling(`${file}.js`));
    return name ? [{ name, at: context.place(call.start) }] : [];
  });
}

function scriptOf(context: ScriptContext, { callee, arguments: given }: CallExpression): AnyNode | undefined {
  const [, starter] = starters.exec(context.moduleOf(callee) ?? '') ?? [];
  const [first, second] = given;
  if (starter === 'fork') return first;
  if (starter === undefined || first === undefined || !isNode(context, first)) return undefined;
  const list = second && follow(second, context.bindings);
  return list?.type === 'ArrayExpression' ? (list.elements[0] ?? undefined) : undefined;
}

/** 'node', process.execPath */
function isNode(context: ScriptContext, program: AnyNode | NewExpression): boolean {
  if (propertyName(program) === 'execPath') return true;
  const value = readValue(program, context.bindings);
  return value.kind === 'literal' && /^node(\.exe)?$/.test(String(value.value));
}
