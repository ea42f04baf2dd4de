import {
  type CallExpression,
  type Expression,
  type NewExpression,
  type Node,
  type ObjectExpression,
  type Program,
  parse,
  type SpreadElement,
} from 'acorn';
import { simple } from 'acorn-walk';
import type { SourcePart } from './source-files.js';

/** A call that decides whether socket.io works at a vdir path. */
export interface SourceCall {
  readonly kind: 'server' | 'client' | 'listen';
  readonly file: string;
  /** 1-based, in the file. */
  readonly line: number;
  /** The whole line, trimmed. */
  readonly code: string;
  /** server, client: the `path` option's source text; undefined when there is none. */
  readonly path: string | undefined;
  /** server, client: there are options, but not written where the call is, so `path` cannot be told. */
  readonly optionsElsewhere: boolean;
  /** listen: the first argument's source text, or what the variable it names was given. */
  readonly port: string | undefined;
}

/** The calls in one script; one that acorn cannot read (TypeScript, JSX) is read line by line. */
export function findCalls(part: SourcePart): SourceCall[] {
  const program = parsed(part.code);
  return program ? fromProgram(part, program) : fromLines(part);
}

function parsed(code: string): Program | undefined {
  for (const sourceType of ['module', 'script'] as const) {
    try {
      return parse(code, {
        ecmaVersion: 'latest',
        sourceType,
        locations: true,
        allowHashBang: true,
        allowReturnOutsideFunction: true,
        allowAwaitOutsideFunction: true,
      });
    } catch {
      // No JavaScript of this kind: the next way of reading may do.
    }
  }
  return undefined;
}

function fromProgram(part: SourcePart, program: Program): SourceCall[] {
  const calls: SourceCall[] = [];
  const variables = new Map<string, string>();
  const textOf = (node: Node): string => part.code.slice(node.start, node.end);
  // What a variable was given stands for it: `${vdirPath}/socket.io` tells nothing by itself.
  const resolved = (node: Node): string =>
    node.type === 'Literal'
      ? textOf(node)
      : textOf(node).replace(/(?<![\w$.])[A-Za-z_$][\w$]*/g, (name) => variables.get(name) ?? name);
  const mentionsServer = /socket\.io(?!-client)|\bServer\b/.test(part.code);
  const add = (kind: SourceCall['kind'], node: Node, details: Partial<SourceCall>): void => {
    const line = part.startLine + (node.loc?.start.line ?? 1) - 1;
    const code = (part.lines[line - 1] ?? '').trim();
    calls.push({
      kind,
      file: part.file,
      line,
      code,
      path: undefined,
      optionsElsewhere: false,
      port: undefined,
      ...details,
    });
  };
  simple(program, {
    VariableDeclarator(node) {
      if (node.id.type === 'Identifier' && node.init) variables.set(node.id.name, textOf(node.init));
    },
  });
  simple(program, {
    NewExpression(node) {
      const name = nameOf(node.callee);
      if (name === 'WebSocketServer' || name.includes('.WebSocket')) return;
      if (mentionsServer && /(^|\.)Server$/.test(name) && !/^(https?|net|tls|http2)\./.test(name))
        add('server', node, optionsOf(node, resolved));
    },
    CallExpression(node) {
      const name = nameOf(node.callee);
      if (isServerCall(node, name, variables)) add('server', node, optionsOf(node, resolved));
      else if (name === 'io' || /(^|\.)io\.connect$/.test(name) || isClientRequire(name, variables))
        add('client', node, optionsOf(node, resolved));
      else if (/\.listen$/.test(name)) add('listen', node, { port: portOf(node, variables, textOf) });
    },
  });
  return calls.sort((a, b) => a.line - b.line);
}

/** `require('socket.io')(server)`, `const socketio = require('socket.io'); socketio(server)`, `socketio.listen(server)`. */
function isServerCall(node: CallExpression, name: string, variables: ReadonlyMap<string, string>): boolean {
  const required = /^require\(\s*['"]socket\.io['"]\s*\)$/;
  if (node.callee.type === 'CallExpression' && nameOf(node.callee.callee) === 'require')
    return requires(node.callee, 'socket.io');
  return required.test(variables.get(name.replace(/\.(listen|attach)$/, '')) ?? '');
}

function isClientRequire(name: string, variables: ReadonlyMap<string, string>): boolean {
  return /^require\(\s*['"]socket\.io-client['"]\s*\)/.test(variables.get(name) ?? '');
}

function requires(node: CallExpression, what: string): boolean {
  const [first] = node.arguments;
  return first?.type === 'Literal' && first.value === what;
}

function optionsOf(node: CallExpression | NewExpression, resolved: (node: Node) => string): Partial<SourceCall> {
  const literal = node.arguments.find((each): each is ObjectExpression => each.type === 'ObjectExpression');
  if (!literal) {
    // io(url, options), new Server(server, options): what stands second and is no literal is decided elsewhere.
    const second = node.arguments[1];
    return { optionsElsewhere: second !== undefined && second.type !== 'Literal' };
  }
  for (const property of literal.properties) {
    if (property.type === 'SpreadElement') return { optionsElsewhere: true };
    if (
      property.key.type === 'Identifier'
        ? property.key.name === 'path'
        : property.key.type === 'Literal' && property.key.value === 'path'
    ) {
      return { path: resolved(property.value) };
    }
  }
  return {};
}

function portOf(
  node: CallExpression,
  variables: ReadonlyMap<string, string>,
  textOf: (node: Node) => string,
): string | undefined {
  const [first] = node.arguments;
  if (!first) return undefined;
  return first.type === 'Identifier' ? (variables.get(first.name) ?? first.name) : textOf(first);
}

function nameOf(callee: Expression | SpreadElement | { type: 'Super' }): string {
  if (callee.type === 'Identifier') return callee.name;
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return '';
  const object = nameOf(callee.object);
  return `${object}.${callee.property.name}`;
}

/** The same calls, as far as single lines tell. */
function fromLines(part: SourcePart): SourceCall[] {
  const patterns: readonly [SourceCall['kind'], RegExp][] = [
    ['server', /\bnew\s+Server\s*(?:<[^>]*>)?\s*\(/],
    ['client', /(?<![\w.$])io(?:\.connect)?\s*\(/],
    ['listen', /\.listen\s*\(\s*([^,)]*)/],
  ];
  return part.code.split('\n').flatMap((text, at) => {
    const line = part.startLine + at;
    return patterns.flatMap(([kind, pattern]): SourceCall[] => {
      const match = pattern.exec(text);
      if (!match || /^\s*(\/\/|\*)/.test(text)) return [];
      const path = kind === 'listen' ? undefined : /\bpath\s*:\s*([^,}]+)/.exec(text)?.[1]?.trim();
      const optionsElsewhere = kind !== 'listen' && path === undefined && !/\)\s*;?\s*$/.test(text);
      return [{ kind, file: part.file, line, code: text.trim(), path, optionsElsewhere, port: match[1]?.trim() }];
    });
  });
}
