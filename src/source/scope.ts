import type { AnyNode, Identifier } from 'acorn';
import type { Definition, Reference, Variable } from './variable.js';

/** A variable while its program is read. */
export interface OpenVariable extends Variable {
  readonly defs: Definition[];
  readonly references: Reference[];
}

/** A part of a program that has names of its own. */
export class Scope {
  readonly upper: Scope | undefined;
  /** Outer scopes come before inner ones. */
  readonly order: number;
  /** The scope of the function, the module or the class member: `var` declares there. */
  readonly ofVar: Scope;
  /** Where the body of the function starts; undefined for other scopes, for arrow functions see `hasArguments`. */
  readonly bodyStart: number | undefined;
  /** A function has `arguments`, unless it is an arrow function. */
  readonly hasArguments: boolean;
  /** Most scopes declare nothing. */
  names: Map<string, OpenVariable> | undefined;

  constructor(upper: Scope | undefined, order: number, isForVar: boolean, bodyStart?: number, hasArguments = false) {
    this.upper = upper;
    this.order = order;
    this.ofVar = isForVar || upper === undefined ? this : upper.ofVar;
    this.bodyStart = bodyStart;
    this.hasArguments = hasArguments;
  }

  /** True when the name is new here. */
  define(type: Definition['type'], name: Identifier, node: AnyNode): boolean {
    const variable = this.#variable(name.name);
    variable.defs.push({ type, name, node });
    return variable.defs.length === 1;
  }

  #variable(name: string): OpenVariable {
    this.names ??= new Map();
    const known = this.names.get(name);
    if (known) return known;
    const made: OpenVariable = { name, defs: [], references: [] };
    this.names.set(name, made);
    return made;
  }

  /** The variable of this scope that a name means at a position; undefined: look further outside. */
  find(name: string, position: number): OpenVariable | undefined {
    const isImplied = this.hasArguments && name === 'arguments';
    const variable = isImplied ? this.#variable(name) : this.names?.get(name);
    if (variable === undefined || this.bodyStart === undefined || position >= this.bodyStart) return variable;
    // A default value of a parameter does not see the names of the body: `function f(a = x) { const x = 2; }`.
    const { bodyStart } = this;
    return variable.defs.every((each) => each.name.start >= bodyStart) ? undefined : variable;
  }
}
