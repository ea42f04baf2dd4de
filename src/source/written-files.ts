import type { AnyNode } from 'acorn';
import type { ScriptContext } from './context.js';
import type { Place } from './text-file.js';
import { follow, readValue } from './values.js';

/** A file that a script writes, with a name that is known. */
export interface WrittenFile {
  /** Forward slashes, without './'. */
  readonly name: string;
  /** 'script': relative to the folder of the script; 'process': to node's working directory. */
  readonly from: 'script' | 'process';
  readonly at: Place;
}

const writers =
  /^(node:)?(fs|fs-extra|graceful-fs|fs\/promises)#(writeFile|writeFileSync|appendFile|appendFileSync|createWriteStream|writeJson|writeJsonSync|outputFile)$/;
const joiners = /^(node:)?path#(join|resolve)$/;

const isScriptFolder = (node: AnyNode | undefined): boolean => node?.type === 'Identifier' && node.name === '__dirname';

function nameOf(context: ScriptContext, given: AnyNode): Omit<WrittenFile, 'at'> | undefined {
  const node = follow(given, context.bindings);
  if (node.type === 'CallExpression' && joiners.test(context.moduleOf(node.callee) ?? '')) {
    const [first, ...others] = node.arguments;
    const parts = (isScriptFolder(first) ? others : node.arguments).map((part) => readValue(part, context.bindings));
    if (parts.some(({ kind }) => kind !== 'literal') || parts.length === 0) return undefined;
    const name = parts.map((part) => (part.kind === 'literal' ? String(part.value) : '')).join('/');
    return placed(name, isScriptFolder(first) ? 'script' : 'process');
  }
  const value = readValue(node, context.bindings);
  return value.kind === 'literal' ? placed(String(value.value), 'process') : undefined;
}

/** Names outside of the folder are of no interest. */
function placed(name: string, from: WrittenFile['from']): Omit<WrittenFile, 'at'> | undefined {
  const clean = name.replaceAll('\\', '/').replace(/^(\.\/)+/, '');
  return /^\/|^[a-z]:|(^|\/)\.\.(\/|$)/i.test(clean) || clean === '' ? undefined : { name: clean, from };
}

/** The files that a script writes. */
export function readWrittenFiles(context: ScriptContext): readonly WrittenFile[] {
  return context.tree.ofType('CallExpression').flatMap((node) => {
    if (!writers.test(context.moduleOf(node.callee) ?? '')) return [];
    const [given] = node.arguments;
    const named = given && nameOf(context, given);
    return named ? [{ ...named, at: context.place(node.start) }] : [];
  });
}
