import type { AnyNode, CallExpression, NewExpression, TemplateLiteral } from 'acorn';
import type { Bindings } from './bindings.js';
import { propertyName } from './properties.js';
import { follow } from './values.js';

/** What an expression of a page's script is worth there; undefined when that cannot be said without running it. */
type PageValue = string | number | URL | undefined;

const deepest = 20;
const longest = 2_000;
const fields = ['href', 'origin', 'protocol', 'host', 'hostname', 'port', 'pathname', 'search', 'hash'] as const;
const isWindow = (node: AnyNode): boolean =>
  node.type === 'Identifier' && /^(window|self|globalThis|document)$/.test(node.name);

/**
 * The text that an expression has in a page at `address`: literals, what is put together from them, and what comes of the page's
 * own address: `new URL('socket.io', location.href).pathname`, `location.pathname + 'socket.io'`.
 *
 * @param base What relative addresses are relative to; differs from `address` where the page has a `<base>`.
 */
export function valueInPage(
  expression: AnyNode,
  bindings: Bindings,
  page: { readonly address: URL; readonly base: URL },
): string | undefined {
  const value = new Reader(bindings, page.address, page.base).read(expression, 0);
  return value === undefined ? undefined : String(value);
}

/**
 * The same; where the end of a joined text cannot be read, what stands in front of it: 'ws://host/live?id=' of
 * `'ws://' + location.host + '/live?id=' + id`.
 */
export function startInPage(
  expression: AnyNode,
  bindings: Bindings,
  page: { readonly address: URL; readonly base: URL },
): string | undefined {
  const reader = new Reader(bindings, page.address, page.base);
  const value = reader.read(expression, 0);
  if (value !== undefined) return String(value);
  const { start } = reader.start(expression, 0);
  return start === '' ? undefined : start;
}

/** Is a test met in a page at `address`? undefined where only running it would tell. */
export const holdsInPage = (
  test: AnyNode,
  bindings: Bindings,
  page: { readonly address: URL; readonly base: URL },
): boolean | undefined => new Reader(bindings, page.address, page.base).holds(test, 0);

class Reader {
  readonly #bindings: Bindings;
  readonly #address: URL;
  readonly #base: URL;

  constructor(bindings: Bindings, address: URL, base: URL) {
    this.#bindings = bindings;
    this.#address = address;
    this.#base = base;
  }

  read(expression: AnyNode, depth: number): PageValue {
    if (depth > deepest) return undefined;
    const node = follow(expression, this.#bindings);
    const value = this.#computed(node, depth + 1);
    return typeof value === 'string' && value.length > longest ? undefined : value;
  }

  /** What a text begins with, and whether that is all of it. */
  start(expression: AnyNode, depth: number): { readonly start: string; readonly isAll: boolean } {
    const value = this.read(expression, depth);
    if (value !== undefined) return { start: String(value), isAll: true };
    const node = follow(expression, this.#bindings);
    let start = '';
    for (const part of depth > deepest ? [] : partsOf(node)) {
      const next = typeof part === 'string' ? { start: part, isAll: true } : this.start(part, depth + 1);
      start += next.start;
      if (!next.isAll || start.length > longest) return { start, isAll: false };
    }
    return { start, isAll: false };
  }

  #computed(node: AnyNode, depth: number): PageValue {
    switch (node.type) {
      case 'Literal':
        return typeof node.value === 'string' || typeof node.value === 'number' ? node.value : undefined;
      case 'TemplateLiteral':
        return this.#template(node, depth);
      case 'BinaryExpression': {
        if (node.operator !== '+') return undefined;
        const [left, right] = [this.read(node.left, depth), this.read(node.right, depth)];
        if (left === undefined || right === undefined) return undefined;
        return typeof left === 'number' && typeof right === 'number' ? left + right : `${left}${right}`;
      }
      case 'LogicalExpression': {
        const left = this.read(node.left, depth);
        if (left === undefined || node.operator === '&&') return undefined;
        return node.operator === '||' && !left ? this.read(node.right, depth) : left;
      }
      case 'ConditionalExpression': {
        const holds = this.holds(node.test, depth);
        return holds === undefined ? undefined : this.read(holds ? node.consequent : node.alternate, depth);
      }
      case 'UnaryExpression': {
        const value = node.operator === '-' ? this.read(node.argument, depth) : undefined;
        return typeof value === 'number' ? -value : undefined;
      }
      case 'Identifier':
        return node.name === 'location' && this.#isGlobal(node) ? this.#address : undefined;
      case 'MemberExpression':
        return this.#member(node, depth);
      case 'NewExpression':
        return this.#newUrl(node, depth);
      case 'CallExpression':
        return this.#call(node, depth);
      default:
        return undefined;
    }
  }

  /** `location.protocol === 'https:'`, `location.protocol.startsWith('https')` */
  holds(test: AnyNode, depth: number): boolean | undefined {
    if (depth > deepest) return undefined;
    const node = follow(test, this.#bindings);
    if (node.type === 'UnaryExpression' && node.operator === '!') {
      const inner = this.holds(node.argument, depth + 1);
      return inner === undefined ? undefined : !inner;
    }
    if (node.type === 'LogicalExpression' && node.operator !== '??') {
      const decides = node.operator === '||';
      const sides = [node.left, node.right].map((side) => this.holds(side, depth + 1));
      return sides.includes(decides) ? decides : sides.includes(undefined) ? undefined : !decides;
    }
    if (node.type === 'BinaryExpression' && /^[!=]==?$/.test(node.operator)) {
      const [left, right] = [this.read(node.left, depth), this.read(node.right, depth)];
      if (left === undefined || right === undefined) return undefined;
      return (String(left) === String(right)) === node.operator.startsWith('=');
    }
    if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return undefined;
    const name = propertyName(node.callee);
    const [owner, given] = [node.callee.object, node.arguments[0]].map((each) => each && text(this.read(each, depth)));
    if (owner === undefined || given === undefined) return undefined;
    return name === 'startsWith' || name === 'endsWith' || name === 'includes' ? owner[name](given) : undefined;
  }

  #isGlobal(name: AnyNode): boolean {
    return this.#bindings.variableOf(name) === undefined;
  }

  #template({ quasis, expressions }: TemplateLiteral, depth: number): PageValue {
    let text = '';
    for (const [index, quasi] of quasis.entries()) {
      const inner = expressions[index];
      const value = inner === undefined ? '' : this.read(inner, depth);
      if (value === undefined) return undefined;
      text += `${quasi.value.cooked ?? ''}${value}`;
    }
    return text;
  }

  #member(node: AnyNode, depth: number): PageValue {
    if (node.type !== 'MemberExpression') return undefined;
    const name = propertyName(node);
    if (isWindow(node.object) && this.#isGlobal(node.object)) {
      if (name === 'location') return this.#address;
      if (name === 'baseURI') return this.#base.href;
      if (name === 'URL') return this.#address.href;
    }
    const owner = this.read(node.object, depth);
    if (typeof owner === 'string' && name === 'length') return owner.length;
    const field = owner instanceof URL ? fields.find((each) => each === name) : undefined;
    return field === undefined || !(owner instanceof URL) ? undefined : owner[field];
  }

  #newUrl({ callee, arguments: [first, second] }: NewExpression, depth: number): PageValue {
    const isUrl = callee.type === 'MemberExpression' ? propertyName(callee) === 'URL' : isNamed(callee, 'URL');
    if (!isUrl || first === undefined) return undefined;
    const address = this.read(first, depth);
    const base = second === undefined ? undefined : this.read(second, depth);
    if (address === undefined || (second !== undefined && base === undefined)) return undefined;
    const [relative, against] = [String(address), base === undefined ? undefined : String(base)];
    return URL.canParse(relative, against) ? new URL(relative, against) : undefined;
  }

  #call({ callee, arguments: given }: CallExpression, depth: number): PageValue {
    const name = propertyName(callee);
    if (callee.type !== 'MemberExpression' || name === undefined) {
      const [only] = given;
      return isNamed(callee, 'String') && only !== undefined ? text(this.read(only, depth)) : undefined;
    }
    const owner = text(this.read(callee.object, depth));
    if (owner === undefined) return undefined;
    if (name === 'toString') return owner;
    const [first, second] = given;
    if (name === 'replace') return this.#replaced(owner, first, second, depth);
    const values = given.map((each) => this.read(each, depth));
    if (values.includes(undefined)) return undefined;
    const numbers = values.filter((each) => typeof each === 'number');
    if (name === 'concat') return owner + values.join('');
    if (name === 'lastIndexOf' || name === 'indexOf') return owner[name](String(values[0]));
    if (numbers.length !== values.length) return undefined;
    if (name === 'slice' || name === 'substring') return owner[name](...(numbers as [number, number]));
    return undefined;
  }

  #replaced(owner: string, what: AnyNode | undefined, by: AnyNode | undefined, depth: number): PageValue {
    const replacement = by && this.read(by, depth);
    if (what === undefined || typeof replacement !== 'string') return undefined;
    const pattern = follow(what, this.#bindings);
    const isPattern = pattern.type === 'Literal' && 'regex' in pattern && pattern.regex !== undefined;
    if (!isPattern) {
      const searched = this.read(what, depth);
      return typeof searched === 'string' ? owner.replace(searched, replacement) : undefined;
    }
    // Without groups no pattern takes long on a text of this length.
    const isQuick = owner.length < 300 && !/[()]/.test(pattern.regex?.pattern ?? '(');
    return isQuick && pattern.value instanceof RegExp ? owner.replace(pattern.value, replacement) : undefined;
  }
}

/** The parts of a joined text, from left to right. */
function partsOf(node: AnyNode): readonly (AnyNode | string)[] {
  if (node.type === 'BinaryExpression' && node.operator === '+') return [node.left, node.right];
  if (node.type !== 'TemplateLiteral') return [];
  return node.quasis.flatMap(({ value }, at) => [value.cooked ?? '', node.expressions[at] ?? '']);
}

const text = (value: PageValue): string | undefined => (value === undefined ? undefined : String(value));
const isNamed = (node: AnyNode, name: string): boolean => node.type === 'Identifier' && node.name === name;
