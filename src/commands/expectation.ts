import { InvalidArgumentError } from 'commander';
import type { Expectation } from '../probe/index.js';

/** Reads `--expect /health=200` and adds it to those before it. @throws InvalidArgumentError */
export function expectation(value: string, before: readonly Expectation[] = []): readonly Expectation[] {
  const [, path, status] = /^(\/[^\s#]*)=([2-5]\d\d)$/.exec(value) ?? [];
  if (path !== undefined && status !== undefined) return [...before, { path, status: Number(status) }];
  throw new InvalidArgumentError('It must be a path and a status: /health=200.');
}
