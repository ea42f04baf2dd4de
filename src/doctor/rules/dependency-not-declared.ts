import { loadedPackages } from '../facts/loaded-packages.js';
import { hostedElsewhere } from '../facts/realtime.js';
import type { Facts, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';

function findUndeclared(facts: Facts): RuleFinding[] {
  const { undeclared, wasInstalled } = facts.package;
  return loadedPackages(facts).flatMap(({ name, at, atStart }): RuleFinding[] => {
    const found = undeclared(name);
    // What is loaded later, or on a condition, may be for development.
    if (!found || (found.isDev && !atStart)) return [];
    const { isDev, isInstalled } = found;
    return [
      {
        severity: isDev ? 'info' : !isInstalled && wasInstalled && atStart ? 'error' : 'warning',
        message: isDev
          ? `The server loads ${name}, which is among devDependencies only.`
          : `The server loads ${name}, which package.json does not name${isInstalled ? '' : ', and no node_modules has it'}.`,
        ...(isDev && {
          why: 'npm ci --omit=dev, or NODE_ENV=production, leaves it out: node ends with "Cannot find module", 500.1002.',
        }),
        fix: isDev ? `npm install --save-prod ${name}` : `npm install ${name}`,
        at,
      },
    ];
  });
}

/** It works here, because somebody installed it once. */
export const dependencyNotDeclared = defineRule({
  code: 'DEPENDENCY_NOT_DECLARED',
  severity: 'warning',
  title: 'The server loads a package that package.json does not name',
  why: 'npm ci on the server installs what package.json names and nothing else: node ends with "Cannot find module", 500.1002.',
  help: `A package may lie in node_modules although package.json does not ask for it: it was installed with --no-save, or its line is gone.
The app then runs here and nowhere else. npm install NAME writes it into dependencies; into dependencies, not devDependencies, if the
server loads it. Nothing is said of what other packages bring along, of what a folder above has (workspaces), of what is loaded
in a try block, and of aliases.`,
  check: (facts) => (facts.package.present && !hostedElsewhere(facts) ? findUndeclared(facts) : []),
});
