import { hostedElsewhere } from '../facts/realtime.js';
import type { Place } from '../source/text-file.js';
import { defineRule } from './define-rule.js';

/** 'socket.io/dist/x' gives 'socket.io', '@scope/name/x' gives '@scope/name'. */
const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** The entry point asks for what npm has not installed. */
export const dependenciesNotInstalled = defineRule({
  code: 'DEPENDENCIES_NOT_INSTALLED',
  severity: 'warning',
  title: 'The dependencies are not installed',
  why: 'node ends with "Cannot find module" before it listens, and iisnode answers 500.1002.',
  help: `The server's sources load packages that package.json names, and no node_modules in the app's folder or above it has them.
Run npm install (npm ci where there is a lock file) in the folder of the app, on the server or before copying it there: IIS installs
nothing by itself. Dependencies with parts compiled for one system have to be installed on that system.`,
  check(facts) {
    if (!facts.package.present || hostedElsewhere(facts)) return [];
    const missing = new Map<string, Place>();
    for (const { context } of facts.server.scripts) {
      for (const { specifier, start } of context?.modules ?? []) {
        const name = packageOf(specifier);
        if (context && facts.package.notInstalled.has(name) && !missing.has(name)) {
          missing.set(name, context.place(start));
        }
      }
    }
    const [first] = missing;
    if (!first) return [];
    const names = [...missing.keys()];
    const some = names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
    return [{ message: `No node_modules has ${some}, which the server loads.`, fix: 'npm install', at: first[1] }];
  },
});
