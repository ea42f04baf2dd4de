import { someOf } from '../../amounts.js';
import { loadedPackages } from '../facts/loaded-packages.js';
import { hostedElsewhere } from '../facts/realtime.js';
import type { FileFacts } from '../types.js';
import { defineRule } from './define-rule.js';
import { moduleIsMissing } from './symptoms.js';

/** The entry point loads packages that are not installed. */
export const dependenciesNotInstalled = defineRule({
  code: 'DEPENDENCIES_NOT_INSTALLED',
  severity: 'warning',
  explains: [moduleIsMissing],
  title: 'The dependencies are not installed',
  why: 'node ends with "Cannot find module" before it listens, and iisnode answers 500.1002.',
  help: `The server's sources load packages that package.json names, and no node_modules in the app's folder or above it has them.
Run npm install (npm ci where there is a lock file) in the folder of the app, on the server or before copying it there: IIS installs
nothing. Dependencies with compiled parts must be installed on the system where they run. It is a warning where nothing
is installed yet, as in a fresh clone, and an error where node_modules exists without a package that the server loads at its start.
A package of a workspace is loaded by its name through a link in node_modules, which the install command makes in the folder of the
workspace (the package.json with "workspaces", or pnpm-workspace.yaml).`,
  check(facts) {
    const { notInstalled, present, wasInstalled } = facts.package;
    if (!present || hostedElsewhere(facts)) return [];
    const missing = loadedPackages(facts).filter(
      ({ name }) => notInstalled.has(name) || facts.query.unlinked(name) !== undefined,
    );
    const [first] = missing;
    if (!first) return [];
    const names = missing.map(({ name }) => name);
    const some = someOf(names, 3);
    const { atStart, at } = first;
    return [
      {
        severity: wasInstalled && atStart ? 'error' : 'warning',
        message: `No node_modules has ${some}, which the server loads${atStart ? ' at its start' : ''}.`,
        ...(!atStart && { why: 'The code that loads it fails with "Cannot find module" when it is called.' }),
        fix: fixFor(facts, names),
        at,
      },
    ];
  },
});

function fixFor({ query }: FileFacts, names: readonly string[]): string {
  const { command, above, linksPackages } = query.install();
  const folders = names.flatMap((name) => query.unlinked(name) ?? []);
  if (folders.length > 0 && !linksPackages) {
    const list = folders.map((folder) => JSON.stringify(folder)).join(', ');
    return `"workspaces": [${list}] in package.json, then ${command}: it links them in node_modules`;
  }
  if (folders.length > 0)
    return `${command}, in the folder of the workspace: it links ${folders.join(', ')} in node_modules`;
  return above === undefined ? command : `${command}, in the folder of the workspace, ${above}`;
}
