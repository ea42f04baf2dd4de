import { type CharTest, charTest } from './char-set.js';
import { leadsWithAnything } from './leading-any.js';
import type { ParsedRegex, RegexNode } from './syntax.js';

/** One instruction of the bounded matcher. Targets are indexes into the program. */
export type Instruction =
  | { readonly op: 'char'; readonly test: CharTest }
  | { readonly op: 'start' | 'end' | 'word' | 'notWord' | 'match' }
  | { readonly op: 'save'; readonly slot: number }
  | { readonly op: 'jump'; to: number }
  | { readonly op: 'split'; first: number; second: number }
  | { readonly op: 'backReference'; readonly index: number }
  | { readonly op: 'look'; readonly negate: boolean; end: number }
  | { readonly op: 'enter'; readonly loop: number }
  | {
      readonly op: 'loop';
      readonly loop: number;
      readonly min: number;
      readonly max: number;
      readonly greedy: boolean;
      readonly groups: readonly [number, number];
      exit: number;
    };

export interface Program {
  readonly code: readonly Instruction[];
  readonly groups: number;
  /** Loop counters it needs. */
  readonly loops: number;
  readonly ignoreCase: boolean;
  /** Begins with `.*`: see leading-any.ts. */
  readonly leadsWithAnything: boolean;
}

/** Compiles a parsed pattern for the bounded matcher (bounded-match.ts). */
export function compileProgram(regex: ParsedRegex, ignoreCase: boolean): Program {
  const compiler = new Compiler(ignoreCase);
  compiler.emit(regex.root);
  compiler.code.push({ op: 'match' });
  const { code, loops } = compiler;
  return { code, groups: regex.groups, loops, ignoreCase, leadsWithAnything: leadsWithAnything(regex) };
}

class Compiler {
  readonly code: Instruction[] = [];
  loops = 0;

  constructor(private readonly ignoreCase: boolean) {}

  emit(node: RegexNode): void {
    switch (node.type) {
      case 'empty':
        return;
      case 'set':
        this.code.push({ op: 'char', test: charTest(node, this.ignoreCase) });
        return;
      case 'group':
        this.emitGroup(node.index, node.body);
        return;
      case 'look':
        this.emitLook(node.negate, node.body);
        return;
      case 'backReference':
        this.code.push({ op: 'backReference', index: node.index });
        return;
      case 'repeat':
        this.emitRepeat(node);
        return;
      case 'sequence':
        for (const item of node.items) this.emit(item);
        return;
      case 'either':
        this.emitEither(node.branches);
        return;
      default:
        this.code.push({ op: node.type });
    }
  }

  private emitGroup(index: number | undefined, body: RegexNode): void {
    if (index !== undefined) this.code.push({ op: 'save', slot: index * 2 });
    this.emit(body);
    if (index !== undefined) this.code.push({ op: 'save', slot: index * 2 + 1 });
  }

  private emitLook(negate: boolean, body: RegexNode): void {
    const look: Instruction = { op: 'look', negate, end: 0 };
    this.code.push(look);
    this.emit(body);
    this.code.push({ op: 'match' });
    look.end = this.code.length;
  }

  private emitEither(branches: readonly RegexNode[]): void {
    const jumps: { to: number }[] = [];
    branches.forEach((branch, index) => {
      const isLast = index === branches.length - 1;
      const split: Instruction = { op: 'split', first: this.code.length + 1, second: 0 };
      if (!isLast) this.code.push(split);
      this.emit(branch);
      if (isLast) return;
      const jump: Instruction = { op: 'jump', to: 0 };
      jumps.push(jump);
      this.code.push(jump);
      split.second = this.code.length;
    });
    for (const jump of jumps) jump.to = this.code.length;
  }

  private emitRepeat(node: Extract<RegexNode, { type: 'repeat' }>): void {
    const loop = this.loops++;
    this.code.push({ op: 'enter', loop });
    const { min, max, greedy, groups } = node;
    const head: Instruction = { op: 'loop', loop, min, max, greedy, groups, exit: 0 };
    const start = this.code.length;
    this.code.push(head);
    this.emit(node.body);
    this.code.push({ op: 'jump', to: start });
    head.exit = this.code.length;
  }
}
