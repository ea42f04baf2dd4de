import type { AnyNode } from 'acorn';
import type { ScriptContext } from './context.js';
import { pathOf } from './served-folders.js';
import type { Place } from './text-file.js';

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

/** Stands for the folder of the script; no name on a disk has such a character. */
const scriptFolder = '<dirname>';

function nameOf(context: ScriptContext, given: AnyNode): Omit<WrittenFile, 'at'> | undefined {
  const name = pathOf(context, given, scriptFolder);
  if (name === undefined) return undefined;
  return name.startsWith(scriptFolder)
    ? placed(name.slice(scriptFolder.length).replace(/^[\\/]+/, ''), 'script')
    : placed(name, 'process');
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
