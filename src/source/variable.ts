import type { AnyNode, Identifier } from 'acorn';

/** One place where a variable is declared (eslint-scope's Definition). */
export interface Definition {
  readonly type: 'CatchClause' | 'ClassName' | 'FunctionName' | 'ImportBinding' | 'Parameter' | 'Variable';
  readonly name: Identifier;
  /** The declarator, function, class, clause or import specifier. */
  readonly node: AnyNode;
}

/** One place where a variable is used, or gets a value (eslint-scope's Reference). */
export interface Reference {
  /** An Identifier, or the name of a JSX element. */
  readonly identifier: AnyNode;
  /** It is the initial value of a declaration. */
  readonly init?: boolean;
  isWrite(): boolean;
  isRead(): boolean;
}

/** The binding of a name in a part of a program (eslint-scope's Variable). */
export interface Variable {
  readonly name: string;
  readonly defs: readonly Definition[];
  readonly references: readonly Reference[];
}

/** Does it get another value than that of its declaration? */
export const isSetAgain = ({ references }: Variable): boolean =>
  references.some((reference) => reference.isWrite() && reference.init !== true);
