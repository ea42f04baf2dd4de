import vm from 'node:vm';
import { parseStrictly } from './bounded-parser.js';
import { type Place, placeAt, type TextFile } from './text-file.js';

/** How node loads a file: `either` is CommonJS that node, from 22.7 on, loads as an ES module when it is one. */
export type ModuleKind = 'commonjs' | 'module' | 'either';

/** The position where node stops reading a script, with the message of node or acorn. */
export interface SyntaxFault {
  readonly message: string;
  readonly at: Place;
}

interface Fault {
  readonly message: string;
  /** In UTF-16 units, from 0. */
  readonly offset: number;
}

/**
 * The syntax error because of which node cannot load a script; undefined when it is valid. Nothing is run. A script is valid when
 * the JavaScript engine of this process or acorn accepts it: each may know newer syntax than the other.
 */
export function findSyntaxError(source: TextFile, kind: ModuleKind): SyntaxFault | undefined {
  const fault = faultIn(source.text, kind);
  return fault && { message: fault.message, at: placeAt(source, Math.min(fault.offset, source.text.length)) };
}

function faultIn(code: string, kind: ModuleKind): Fault | undefined {
  if (kind === 'module') return moduleFault(code);
  const fault = commonJsFault(code);
  if (fault === undefined || kind === 'commonjs') return fault;
  const other = moduleFault(code);
  if (other === undefined) return undefined;
  return /^\s*(?:import\s*[\w$*{'"]|export\s)/m.test(code) ? other : fault;
}

/** The parameters of node's function around a CommonJS module. */
const wrapped = ['exports', 'require', 'module', '__filename', '__dirname'];

function commonJsFault(code: string): Fault | undefined {
  try {
    vm.compileFunction(code, wrapped, { filename: 'script' });
    return undefined;
  } catch (error) {
    // A RangeError means that the code nests too deep to be checked here.
    const other = acornFault(code, 'script');
    if (!(error instanceof SyntaxError) || other === undefined) return undefined;
    return { message: error.message, offset: offsetOf(error, code) ?? other.offset };
  }
}

/** The stack starts with `script:LINE`, that line, and carets below the place; without carets (the end of the file) undefined. */
function offsetOf({ stack = '' }: Error, code: string): number | undefined {
  const [head = '', , carets = ''] = stack.split('\n');
  const column = carets.indexOf('^');
  if (column < 0) return undefined;
  const line = Number(/:(\d+)$/.exec(head)?.[1] ?? 1);
  const before = [...code.matchAll(/\r\n|[\n\r\u2028\u2029]/g)][line - 2];
  return (before === undefined ? 0 : before.index + before[0].length) + column;
}

function moduleFault(code: string): Fault | undefined {
  // Newer than acorn: `import defer * as a from 'a'`, `import source a from 'a'`.
  const known = code.replace(
    /^([^\S\r\n\u2028\u2029]*import\s+)(defer|source)(?=\s+(?:\*|[\w$]+\s+from\b))/gm,
    (_, start, word) => start.concat(' '.repeat(word.length)),
  );
  const fault = acornFault(known, 'module');
  // acorn has its own Unicode tables.
  return fault !== undefined && /regular expression/i.test(fault.message) ? undefined : fault;
}

function acornFault(code: string, sourceType: 'script' | 'module'): Fault | undefined {
  try {
    parseStrictly(code, sourceType);
    return undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError) || !('pos' in error) || typeof error.pos !== 'number') return undefined;
    return { message: error.message.replace(/ \(\d+:\d+\)$/, ''), offset: error.pos };
  }
}
