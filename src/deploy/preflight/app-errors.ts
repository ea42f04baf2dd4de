import path from 'node:path';
import { typedCommand } from '../../typed-command.js';
import type { AppFault, Obstacle, Preflight, PreflightCheck } from './check.js';

/** The errors that the doctor's rules find: deploy has no rules of its own. */
async function look({ faults, app }: Pick<Preflight, 'faults' | 'app'>): Promise<Obstacle | undefined> {
  const errors = faults.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first === undefined) return undefined;
  const others = errors.length === 1 ? '' : ` (and ${errors.length - 1} more)`;
  return {
    code: 'APP_HAS_ERRORS',
    what: `the app cannot work as it is: ${first.rule}${others}`,
    why: errors.map(({ message }) => message).join(' '),
    next: `${firstStep(first, app.directory)} (${typedCommand(['doctor', app.directory])} shows more); or deploy it as it is with --force`,
    isForcible: true,
  };
}

/** `web/app.js:4: health`: what to write is no step without its place. */
function firstStep({ file, line, fix = 'fix it' }: AppFault, directory: string): string {
  if (file === undefined) return fix;
  const name = path.relative(directory, path.resolve(directory, file)).replaceAll(path.sep, '/');
  return `${name}${line === undefined ? '' : `:${line}`}: ${fix}`;
}

export const appErrors = {
  id: 'app',
  title: 'The doctor finds no errors in the app',
  look,
} as const satisfies PreflightCheck;
