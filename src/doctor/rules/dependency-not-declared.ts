import { loadedPackages } from '../facts/loaded-packages.js';
import { hostedElsewhere } from '../facts/realtime.js';
import type { FileFacts, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';
import { moduleIsMissing } from './symptoms.js';

function findUndeclared(facts: FileFacts): RuleFinding[] {
  const { wasInstalled } = facts.package;
  return loadedPackages(facts).flatMap(({ name, at, atStart }): RuleFinding[] => {
    const found = facts.query.undeclared(name);
    // A package that is loaded later, or on a condition, may be for development.
    if (!found || (found.isDev && !atStart)) return [];
    const { isDev, isInstalled } = found;
    return [
      {
        severity: !isInstalled && wasInstalled && atStart ? 'error' : isDev ? 'info' : 'warning',
        message: isDev
          ? `The server loads ${name}, which is among devDependencies only${isInstalled ? '' : ', and no node_modules has it'}.`
          : `The server loads ${name}, which package.json does not name${isInstalled ? '' : ', and no node_modules has it'}.`,
        ...(isDev && {
          why: 'npm ci --omit=dev, or NODE_ENV=production, does not install it: node ends with "Cannot find module", 500.1002.',
        }),
        fix: facts.query.install().add(isDev ? `--save-prod ${name}` : name),
        at,
      },
    ];
  });
}

/** The package is installed here, but not by package.json. */
export const dependencyNotDeclared = defineRule({
  code: 'DEPENDENCY_NOT_DECLARED',
  severity: 'warning',
  explains: [moduleIsMissing],
  title: 'The server loads a package that package.json does not name',
  why: 'npm ci on the server installs only what package.json names: node ends with "Cannot find module", 500.1002.',
  help: `A package may be in node_modules although package.json does not name it: it was installed with --no-save, or its line was removed.
The app then runs on this machine only. npm install NAME writes it into dependencies; a package that the server loads belongs in
dependencies, not in devDependencies. Not reported: dependencies of other packages, packages of a folder above (workspaces), packages
loaded in a try block, and aliases.`,
  check: (facts) => (facts.package.present && !hostedElsewhere(facts) ? findUndeclared(facts) : []),
});
