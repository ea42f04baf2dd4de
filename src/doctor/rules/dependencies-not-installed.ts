import { loadedPackages } from '../facts/loaded-packages.js';
import { hostedElsewhere } from '../facts/realtime.js';
import { defineRule } from './define-rule.js';

/** The entry point asks for what npm has not installed. */
export const dependenciesNotInstalled = defineRule({
  code: 'DEPENDENCIES_NOT_INSTALLED',
  severity: 'warning',
  title: 'The dependencies are not installed',
  why: 'node ends with "Cannot find module" before it listens, and iisnode answers 500.1002.',
  help: `The server's sources load packages that package.json names, and no node_modules in the app's folder or above it has them.
Run npm install (npm ci where there is a lock file) in the folder of the app, on the server or before copying it there: IIS installs
nothing by itself. Dependencies with parts compiled for one system have to be installed on that system. It is a warning where nothing
is installed yet, as in a fresh clone, and an error where node_modules is there and lacks what the server loads as it starts.`,
  check(facts) {
    const { notInstalled, present, wasInstalled } = facts.package;
    if (!present || hostedElsewhere(facts)) return [];
    const missing = loadedPackages(facts).filter(({ name }) => notInstalled.has(name));
    const [first] = missing;
    if (!first) return [];
    const names = missing.map(({ name }) => name);
    const some = names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
    const { atStart, at } = first;
    return [
      {
        severity: wasInstalled && atStart ? 'error' : 'warning',
        message: `No node_modules has ${some}, which the server loads${atStart ? ' as it starts' : ''}.`,
        ...(!atStart && { why: 'What asks for it fails with "Cannot find module" when it is called.' }),
        fix: 'npm install',
        at,
      },
    ];
  },
});
