import { type Node, type Options, Parser, type Program } from 'acorn';
import { indexNames } from './indexed-names.js';
import { typedParser } from './typed-parser.js';

/** Thrown when parsing would take too long, or nesting would overflow the stack. */
export class BoundReached extends Error {
  constructor(
    readonly bound: 'depth' | 'work',
    /** Offset in the text. */
    readonly position: number,
  ) {
    super(bound === 'depth' ? 'the code is nested too deeply to be parsed' : 'the code is too complex to be parsed');
  }
}

/**
 * The kinds of nesting, with the share of the stack that a level needs. A stack of node (984 kB) has about 2,200 shares with
 * the parser for TypeScript; if it overflows during a regular expression, V8 aborts the process, which cannot be caught.
 */
const levels: Readonly<Record<string, number>> = {
  parseExprOp: 1,
  parseStatement: 1,
  parseMaybeAssign: 4,
  parseMaybeUnary: 4,
  parseExprAtom: 4,
  parseFunctionBody: 4,
  parseBindingAtom: 4,
  tsParseType: 4,
  tsParseNonArrayType: 4,
  tsParseTypeOperatorOrHigher: 4,
  tsParseModuleOrNamespaceDeclaration: 4,
  jsx_parseElementAt: 4,
  jsx_parseElement: 4,
};
const deepest = 1_200;
/** The parser for TypeScript reads some tokens several times; for example `a<a<a<` would take exponential time. */
const tokensPerCharacter = 3;
const tokensAtLeast = 20_000;

/** A node with the range that eslint-scope asks of a few; acorn would make a list for each of them. Made by the parser for JavaScript. */
class PlainNode implements Node {
  type = '';
  readonly start: number;
  end = 0;

  constructor(start: number) {
    this.start = start;
  }

  get range(): [number, number] {
    return [this.start, this.end];
  }
}

/** The parser for JavaScript, with nodes that take less memory. */
class PlainParser extends Parser {
  declare readonly start: number;

  startNode(): Node {
    return new PlainNode(this.start);
  }

  startNodeAt(start: number): Node {
    return new PlainNode(start);
  }

  copyNode(node: Node): Node {
    return Object.assign(new PlainNode(node.start), node);
  }
}

interface Production {
  call(parser: BoundedParser, ...given: readonly unknown[]): unknown;
}

interface BoundedParser {
  depth: number;
  readonly pos: number;
  readonly scopeStack: readonly object[];
}

/** A parser class that throws BoundReached before that happens. */
function bounded(Base: typeof Parser): typeof Parser {
  class Bounded extends Base {
    depth = 0;
    private tokens = 0;
    private readonly mostTokens = tokensAtLeast + tokensPerCharacter * this.input.length;
    declare readonly pos: number;
    declare readonly scopeStack: readonly object[];

    nextToken(): void {
      this.tokens += 1;
      if (this.tokens > this.mostTokens) throw new BoundReached('work', this.pos);
      nextToken.call(this);
    }
  }
  const nextToken = Reflect.get(Base.prototype, 'nextToken') as Production;
  const declareName = Reflect.get(Base.prototype, 'declareName') as Production;
  Reflect.set(
    Bounded.prototype,
    'declareName',
    function (this: BoundedParser, name: unknown, type: unknown, at: unknown) {
      indexNames(this);
      return declareName.call(this, name, type, at);
    },
  );
  for (const [name, share] of Object.entries(levels)) {
    const production = Reflect.get(Base.prototype, name) as Production | undefined;
    if (production) Reflect.set(Bounded.prototype, name, counted(production, share));
  }
  return Bounded;
}

function counted(production: Production, share: number) {
  // No production has more parameters; spreading them takes a tenth of the time of parsing.
  return function (this: BoundedParser, a: unknown, b: unknown, c: unknown, d: unknown, e: unknown): unknown {
    this.depth += share;
    if (this.depth > deepest) throw new BoundReached('depth', this.pos);
    try {
      return production.call(this, a, b, c, d, e);
    } finally {
      this.depth -= share;
    }
  };
}

/** The language of a text; 'tsx' is also JSX, with or without types. */
export type Language = 'javascript' | 'typescript' | 'tsx';

const parsers: Partial<Record<Language, typeof Parser>> = {};

function parserFor(language: Language): typeof Parser {
  const known = parsers[language];
  if (known) return known;
  const made = bounded(language === 'javascript' ? PlainParser : typedParser(language === 'tsx'));
  parsers[language] = made;
  return made;
}

const options: Options = {
  ecmaVersion: 'latest',
  allowHashBang: true,
  allowReturnOutsideFunction: true,
  checkPrivateFields: false,
};

/** A part of a text: from `start` to before `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Parses a text, also if node would refuse it. Throws SyntaxError (with `pos`), BoundReached, or other errors of the parser.
 *
 * @param comments Receives the comments; in TypeScript some appear more than once.
 */
export function parseWithin(
  code: string,
  language: Language,
  sourceType: 'module' | 'script',
  comments: Span[] = [],
): Program {
  const onComment = (_isBlock: boolean, _text: string, start: number, end: number): void => {
    comments.push({ start, end });
  };
  const isTyped = language !== 'javascript';
  // The parser for TypeScript needs locations, and eslint-scope compares ranges.
  return parserFor(language).parse(code, { ...options, sourceType, onComment, locations: isTyped, ranges: isTyped });
}

/** Parses JavaScript as strictly as node does: CommonJS as a script. Throws as parseWithin. */
export function parseStrictly(code: string, sourceType: 'module' | 'script'): Program {
  const allowReturnOutsideFunction = sourceType === 'script';
  const strict: Options = { ecmaVersion: 'latest', sourceType, allowHashBang: true, allowReturnOutsideFunction };
  return parserFor('javascript').parse(code, strict);
}
