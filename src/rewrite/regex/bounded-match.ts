import { nextLine } from './leading-any.js';
import type { Instruction, Program } from './program.js';

/** A match took more steps than it may. */
export class TooComplex extends Error {
  override readonly name = 'TooComplex';
}

export interface BoundedMatch {
  readonly index: number;
  /** {R:0}, {R:1}, ...; undefined for a group that did not match. */
  readonly groups: readonly (string | undefined)[];
}

/** The remaining number of steps; several matches may share one budget. */
export interface StepBudget {
  left: number;
}

/**
 * Matches `program` anywhere in `input` from offset `from` on, like RegExp's exec, within `budget`, which is reduced.
 * null: no match. Throws TooComplex when the budget is used up.
 */
export function boundedMatch(program: Program, input: string, budget: StepBudget, from = 0): BoundedMatch | null {
  const machine = new Machine(program, input, budget.left);
  for (let index = from; index <= input.length; ) {
    const end = machine.run(0, index);
    budget.left = machine.stepsLeft;
    if (end < 0) {
      index = program.leadsWithAnything ? nextLine(input, index) : index + 1;
      continue;
    }
    const groups: (string | undefined)[] = [input.slice(index, end)];
    for (let group = 1; group <= program.groups; group++) groups.push(machine.group(group));
    return { index, groups };
  }
  return null;
}

const isWord = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95;

/** A backtracking machine. Every change of a register is recorded on a trail, from which it is undone. */
class Machine {
  /** Group starts and ends, then a count and a last position for each loop. */
  private readonly registers: Int32Array;
  private readonly loopBase: number;
  private trail: number[] = [];
  /** Triples: instruction, position, height of the trail. */
  private choices: number[] = [];

  constructor(
    private readonly program: Program,
    private readonly input: string,
    public stepsLeft: number,
  ) {
    this.loopBase = (program.groups + 1) * 2;
    this.registers = new Int32Array(this.loopBase + program.loops * 2).fill(-1);
  }

  group(index: number): string | undefined {
    const start = this.registers[index * 2] ?? -1;
    const end = this.registers[index * 2 + 1] ?? -1;
    return start < 0 || end < 0 ? undefined : this.input.slice(start, end);
  }

  /** Where the match ends, or -1; registers are as before when there is none. */
  run(startAt: number, startPosition: number): number {
    const floor = this.choices.length;
    const height = this.trail.length;
    let at = startAt;
    let position = startPosition;
    for (;;) {
      if (this.stepsLeft-- <= 0) throw new TooComplex('too many steps');
      const instruction = this.program.code[at] as Instruction;
      if (instruction.op === 'match') {
        this.choices.length = floor;
        return position;
      }
      const next = this.step(instruction, at, position);
      if (next >= 0) {
        at = next;
        if (instruction.op === 'char') position++;
        else if (instruction.op === 'backReference') position += this.group(instruction.index)?.length ?? 0;
        continue;
      }
      if (this.choices.length === floor) {
        this.undo(height);
        return -1;
      }
      this.undo(this.choices.pop() ?? 0);
      position = this.choices.pop() ?? 0;
      at = this.choices.pop() ?? 0;
    }
  }

  /** The next instruction, or -1 for failure. */
  private step(instruction: Instruction, at: number, position: number): number {
    switch (instruction.op) {
      case 'char':
        return position < this.input.length && instruction.test(this.input.charCodeAt(position)) ? at + 1 : -1;
      case 'start':
        return position === 0 ? at + 1 : -1;
      case 'end':
        return position === this.input.length ? at + 1 : -1;
      case 'word':
      case 'notWord':
        return this.atBoundary(position) === (instruction.op === 'word') ? at + 1 : -1;
      case 'save':
        return this.set(instruction.slot, position, at + 1);
      case 'jump':
        return instruction.to;
      case 'split':
        return this.choose(instruction.second, position, instruction.first);
      case 'backReference':
        return this.matchesGroup(instruction.index, position) ? at + 1 : -1;
      case 'look':
        return this.look(instruction.negate, at + 1, position) ? instruction.end : -1;
      case 'enter':
        this.set(this.loopBase + instruction.loop * 2, 0, 0);
        return this.set(this.loopBase + instruction.loop * 2 + 1, -1, at + 1);
      case 'loop':
        return this.loop(instruction, at, position);
      default:
        return -1;
    }
  }

  private loop(loop: Extract<Instruction, { op: 'loop' }>, at: number, position: number): number {
    const slot = this.loopBase + loop.loop * 2;
    const count = this.registers[slot] ?? 0;
    // ECMAScript: an iteration beyond the minimum that matched nothing fails.
    if (count > loop.min && this.registers[slot + 1] === position) return -1;
    if (count < loop.min) return this.round(loop, slot, count, at, position);
    if (count >= loop.max) return loop.exit;
    if (loop.greedy) {
      this.choose(loop.exit, position, 0);
      return this.round(loop, slot, count, at, position);
    }
    // Lazy: the exit is tried first; backtracking must start an iteration, so the saved choice is an iteration already started.
    const height = this.trail.length;
    this.round(loop, slot, count, at, position);
    this.choices.push(at + 1, position, this.trail.length);
    return this.leaveBegunRound(height, loop.exit);
  }

  /** The iteration just started stays on the trail for backtracking; for the exit its changes are undone on top of it. */
  private leaveBegunRound(height: number, exit: number): number {
    const top = this.trail.length;
    const seen = new Set<number>();
    for (let index = height; index < top; index += 2) {
      const slot = this.trail[index] ?? 0;
      if (seen.has(slot)) continue;
      seen.add(slot);
      this.set(slot, this.trail[index + 1] ?? 0, 0);
    }
    return exit;
  }

  private round(
    loop: Extract<Instruction, { op: 'loop' }>,
    slot: number,
    count: number,
    at: number,
    position: number,
  ): number {
    this.stepsLeft -= loop.groups[1] - loop.groups[0];
    this.set(slot, count + 1, 0);
    this.set(slot + 1, position, 0);
    for (let group = loop.groups[0]; group < loop.groups[1]; group++) {
      this.set(group * 2, -1, 0);
      this.set(group * 2 + 1, -1, 0);
    }
    return at + 1;
  }

  private look(negate: boolean, start: number, position: number): boolean {
    const height = this.trail.length;
    const matched = this.run(start, position) >= 0;
    if (negate || !matched) this.undo(height);
    return matched !== negate;
  }

  private matchesGroup(index: number, position: number): boolean {
    const text = this.group(index);
    if (text === undefined) return true;
    this.stepsLeft -= text.length;
    const here = this.input.slice(position, position + text.length);
    return this.program.ignoreCase ? sameIgnoringCase(here, text) : here === text;
  }

  private atBoundary(position: number): boolean {
    const before = position > 0 && isWord(this.input.charCodeAt(position - 1));
    const after = position < this.input.length && isWord(this.input.charCodeAt(position));
    return before !== after;
  }

  private set(slot: number, value: number, next: number): number {
    this.trail.push(slot, this.registers[slot] ?? -1);
    this.registers[slot] = value;
    return next;
  }

  private choose(other: number, position: number, next: number): number {
    this.choices.push(other, position, this.trail.length);
    return next;
  }

  private undo(height: number): void {
    while (this.trail.length > height) {
      const value = this.trail.pop() ?? -1;
      const slot = this.trail.pop() ?? 0;
      this.registers[slot] = value;
    }
  }
}

/** ECMAScript's Canonicalize: one unit to one unit, and no character above ASCII folds to ASCII. */
function sameIgnoringCase(left: string, right: string): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) {
    if (canonical(left.charAt(index)) !== canonical(right.charAt(index))) return false;
  }
  return true;
}

function canonical(char: string): string {
  const upper = char.toUpperCase();
  if (upper.length !== 1 || (char > '\x7f' && upper <= '\x7f')) return char;
  return upper;
}
