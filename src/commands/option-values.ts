import { type Command, InvalidArgumentError } from 'commander';

/** The values of a repeatable option. */
export const collect = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  notEmpty(value),
];

function notEmpty(value: string): string {
  if (value !== '') return value;
  throw new InvalidArgumentError('It must not be empty.');
}

/** A comma-separated list of names; throws InvalidArgumentError when it is empty. */
export function list(value: string): readonly string[] {
  const names = value
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
  if (names.length > 0) return names;
  throw new InvalidArgumentError('It must not be empty.');
}

/** Reads a whole number; the parser throws InvalidArgumentError outside of the range, both ends included. */
export function integer(min: number, max: number): (value: string) => number {
  return (value) => {
    if (/^\d+$/.test(value) && Number(value) >= min && Number(value) <= max) return Number(value);
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

/** Reads a number without an exponent; the parser throws InvalidArgumentError outside of the range, both ends included. */
export function decimal(min: number, max: number): (value: string) => number {
  return (value) => {
    if (/^(\d+(\.\d*)?|\.\d+)$/.test(value) && Number(value) >= min && Number(value) <= max) return Number(value);
    throw new InvalidArgumentError(`It must be a number from ${min} to ${max}.`);
  };
}

/**
 * An empty value usually comes from an unset variable in a script: it must not mean the current folder, or no value.
 * An option in the place of a value means that the value was forgotten: `--pool --json` are two options.
 */
export function refuseStrayValues({ options, registeredArguments }: Command): void {
  for (const option of options.filter(({ required }) => required)) {
    const parse = option.parseArg ?? notEmpty;
    option.argParser((value: string, before: unknown) => {
      if (/^--[a-z]/.test(value)) throw new InvalidArgumentError('It is an option; the value before it is missing.');
      return parse(value, before);
    });
  }
  for (const one of registeredArguments.filter(({ variadic }) => !variadic)) {
    const { parseArg: parse = (value: string) => value } = one;
    one.argParser((value: string, before: string) => parse(notEmpty(value), before));
  }
}
