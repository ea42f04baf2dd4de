import { parse } from 'acorn';
import { behindBracket, behindTypes, blank, maskOf } from './mask.js';

interface Fragment {
  readonly start: number;
  readonly text: string;
}

const imports = /^[ \t]*(?:import|export)\b(?!\s+type\b)(?:[^;'"`()=]*?\bfrom)?\s*(['"]) *\1/gm;
const declarations = /\b(const|let|var)(\s+(?:[\w$]+|\{[\w$\s,:]*\})\s*)(:[^=;\r\n]+)?=(?![=>])/g;
/** What decides where a server listens, what it answers and whom a client asks. */
const calls =
  /(?<![\w$.])(?:new\s+Server\b|io(?:\.connect)?(?=\s*\()|(?:[\w$]+\.)*(?:createServer|listen|attach|use|get|post|put|patch|delete|all)(?=\s*\())/g;
const callee = /^(?:\s|await\b|new\b)*(?:require\(['" ]*\)(?:\.[\w$]+)*|[\w$.]+)/;
/** More is a bundle, and nothing to read this way. */
const largest = 300_000;
const mostFragments = 300;
const mostCalls = 2_000;

/**
 * What acorn can read of code that it cannot read as a whole (TypeScript, JSX, a slip): imports, what names are given, and the
 * calls that matter here, each where it stood, without types; everything else is blank. Undefined when that makes no program.
 */
export function loosened(code: string): string | undefined {
  if (code.length > largest) return undefined;
  const mask = maskOf(code);
  const fragments: Fragment[] = [];
  const isFree = (at: number): boolean => fragments.every(({ start, text }) => at < start || at >= start + text.length);
  const add = (start: number, text: string | undefined): void => {
    if (text !== undefined && fragments.length < mostFragments) fragments.push({ start, text });
  };
  for (const found of mask.matchAll(imports)) add(found.index, importOf(code, found.index, found[0].length));
  for (const found of mask.matchAll(declarations)) {
    if (isFree(found.index)) add(found.index, declarationOf(code, mask, found));
  }
  for (const { index } of [...mask.matchAll(calls)].slice(0, mostCalls)) {
    if (isFree(index)) add(index, expressionOf(code, mask, index, callEnd(mask, index)));
  }
  return assembled(code, fragments);
}

function importOf(code: string, start: number, length: number): string | undefined {
  const text = code.slice(start, start + length).replace(/\btype\s+(?=[\w$])/g, blank);
  return parses(text) ? text : undefined;
}

function declarationOf(code: string, mask: string, found: RegExpExecArray): string | undefined {
  const [head, keyword = '', name = '', type = ''] = found;
  const start = found.index + head.length;
  const value = expressionOf(code, mask, start, valueEnd(mask, start));
  // Scopes are gone, so names may stand twice: only var allows it.
  const kept = 'var'.padEnd(keyword.length) + name + blank(type);
  return value === undefined ? undefined : `${kept}=${value}`;
}

/** Where a value ends: at a semicolon, a comma or a line's end outside of brackets. */
function valueEnd(mask: string, start: number): number {
  let at = start;
  while (at < mask.length) {
    const character = mask.charAt(at);
    if (/[([{]/.test(character)) at = behindBracket(mask, at) ?? mask.length;
    else if (character === '<') at = Math.max(at + 1, behindTypes(mask, at));
    else if (/[;,)\]}]/.test(character)) return at;
    else if (/[\r\n]/.test(character) && mask.slice(start, at).trim() !== '' && endsThere(mask, at)) return at;
    else at += 1;
  }
  return at;
}

function endsThere(mask: string, at: number): boolean {
  return (
    !/[-+*/%&|^?:=,(.]\s*$/.test(mask.slice(Math.max(0, at - 40), at)) && !/^\s*[-+*/%&|^?:=.]/.test(mask.slice(at))
  );
}

function callEnd(mask: string, start: number): number {
  const open = argumentsAt(mask, start);
  return (open === undefined ? undefined : behindBracket(mask, open)) ?? start;
}

/** Where the arguments of the call at `start` begin. */
function argumentsAt(mask: string, start: number): number | undefined {
  const name = callee.exec(mask.slice(start));
  if (!name) return undefined;
  const types = start + name[0].length;
  const open = behindTypes(mask, types);
  const space = /^\s*/.exec(mask.slice(open))?.[0].length ?? 0;
  return mask.charAt(open + space) === '(' ? open + space : undefined;
}

/** An expression without types, of the same length; of a call what can be read: an argument that cannot becomes `_`. */
function expressionOf(code: string, mask: string, start: number, end: number): string | undefined {
  const text = code.slice(start, end);
  if (text.trim() === '') return undefined;
  const types = start + (callee.exec(mask.slice(start, end))?.[0].length ?? 0);
  // `new Server<A, B>(http)` is JavaScript, too: two comparisons.
  if (mask.charAt(types) !== '<') {
    const plain = withoutAssertion(text, mask.slice(start, end));
    const readable = [text, plain].find((each) => parses(`(${each}\n)`));
    if (readable !== undefined) return readable;
  }
  const open = argumentsAt(mask, start);
  const close = open === undefined ? undefined : behindBracket(mask, open);
  if (open === undefined || close === undefined || close > end) return undefined;
  const call = [
    code.slice(start, types),
    blank(code.slice(types, open)),
    `(${readableArguments(code, mask, open + 1, close - 1)})`,
    blank(code.slice(close, end)),
  ].join('');
  return parses(`(${call}\n)`) ? call : undefined;
}

/** `x as Server`, `x satisfies Options`, `x!` without what follows x. */
function withoutAssertion(text: string, mask: string): string {
  const found = /\s(?:as|satisfies)\s+[\w$.<>[\]|&\s,]+$|!\s*$/.exec(mask);
  return found ? text.slice(0, found.index) + blank(text.slice(found.index)) : text;
}

function readableArguments(code: string, mask: string, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; ) {
    let stop = at;
    while (stop < end && mask.charAt(stop) !== ',') {
      stop = /[([{]/.test(mask.charAt(stop)) ? (behindBracket(mask, stop) ?? end) : stop + 1;
    }
    const argument = code.slice(at, Math.min(stop, end));
    const readable = argument.trim() === '' || parses(`f(${argument}\n)`);
    text += readable ? argument : blank(argument).replace(' ', '_');
    if (stop < end) text += ',';
    at = stop + 1;
  }
  return text;
}

function assembled(code: string, fragments: readonly Fragment[]): string | undefined {
  const whole = laidOut(code, fragments);
  if (parses(whole)) return fragments.length > 0 ? whole : undefined;
  // Some do not go together (a name imported and declared): one at a time.
  const kept: Fragment[] = [];
  for (const fragment of fragments) if (parses(laidOut(code, [...kept, fragment]))) kept.push(fragment);
  return kept.length > 0 ? laidOut(code, kept) : undefined;
}

function laidOut(code: string, fragments: readonly Fragment[]): string {
  let text = '';
  for (const fragment of [...fragments].sort((a, b) => a.start - b.start)) {
    if (fragment.start < text.length) continue; // part of one before
    text += blank(code.slice(text.length, fragment.start)) + fragment.text;
    const next = code.charAt(text.length);
    if (next !== '' && !/[\r\n]/.test(next)) text += ';';
  }
  return text + blank(code.slice(text.length));
}

function parses(code: string): boolean {
  try {
    parse(code, { ecmaVersion: 'latest', sourceType: 'module', allowReturnOutsideFunction: true });
    return true;
  } catch {
    return false;
  }
}
