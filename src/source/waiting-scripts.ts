import type { AnyNode } from 'acorn';
import { contextOf, type ScriptContext } from './context.js';
import { readPageScripts } from './html.js';
import { parsePageScript } from './page-script.js';
import { propertyName } from './properties.js';
import { parseForBundler } from './script.js';
import { type Place, placeAt, type TextFile } from './text-file.js';

/** Code of a page that a browser runs only when the page has come to its end. */
export interface WaitingScript {
  readonly at: Place;
  /** Of a script element with an address: as written. */
  readonly address?: string;
}

/**
 * What waits in a page for its end: deferred scripts, modules, a script that is not closed, code for DOMContentLoaded or load. Never throws.
 * @param files The scripts that it loads.
 * @param isOwn Is the address one of its own host?
 */
export function waitingScripts(
  page: TextFile,
  files: readonly TextFile[],
  isOwn: (address: string) => boolean,
): readonly WaitingScript[] {
  const inPage = readPageScripts(page).flatMap(({ src, code, offset, language, waits }): readonly WaitingScript[] => {
    if (src !== undefined) return waits && isOwn(src) ? [{ at: placeAt(page, offset), address: src }] : [];
    if (waits) return [{ at: placeAt(page, offset) }];
    return mayWait(code) ? waitsIn(contextOf(parsePageScript(page, code, offset, language))) : [];
  });
  return [
    ...inPage,
    ...files.filter(({ text }) => mayWait(text)).flatMap((file) => waitsIn(contextOf(parseForBundler(file)))),
  ];
}

/** What is longer is a bundle, which is one script element of the page. */
const longest = 500_000;
const mayWait = (code: string): boolean =>
  code.length < longest && /DOMContentLoaded|load\b|\bready\b|\$\(|\bjQuery\b/.test(code);

const waitsIn = (context: ScriptContext | undefined): readonly WaitingScript[] => {
  const found = context?.tree.nodes.find(waits);
  return context === undefined || found === undefined ? [] : [{ at: context.place(found.start) }];
};

const isNamed = (node: AnyNode, names: RegExp): boolean => node.type === 'Identifier' && names.test(node.name);
const ofPage = /^(?:window|self|globalThis|document)$/;
const isFunction = (node: AnyNode | undefined): boolean =>
  node?.type === 'FunctionExpression' || node?.type === 'ArrowFunctionExpression' || node?.type === 'Identifier';
const isJQuery = (node: AnyNode): boolean => isNamed(node, /^(?:\$|jQuery)$/);

function waits(node: AnyNode): boolean {
  if (node.type === 'AssignmentExpression') {
    const { left } = node;
    return (
      isNamed(left, /^onload$/) ||
      (propertyName(left) === 'onload' && left.type === 'MemberExpression' && isNamed(left.object, ofPage))
    );
  }
  if (node.type !== 'CallExpression') return false;
  const [first] = node.arguments;
  const { callee } = node;
  if (isJQuery(callee)) return isFunction(first) && first?.type !== 'Identifier';
  const isOfPage =
    callee.type === 'Identifier' || (callee.type === 'MemberExpression' && isNamed(callee.object, ofPage));
  const name = callee.type === 'Identifier' ? callee.name : propertyName(callee);
  if (name === 'addEventListener' && isOfPage) {
    return first?.type === 'Literal' && (first.value === 'DOMContentLoaded' || first.value === 'load');
  }
  const owner = callee.type === 'MemberExpression' ? callee.object : undefined;
  return name === 'ready' && owner?.type === 'CallExpression' && isJQuery(owner.callee) && isFunction(first);
}
