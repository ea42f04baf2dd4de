import { InvalidArgumentError } from 'commander';

/** The values of a repeatable option. */
export const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

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
