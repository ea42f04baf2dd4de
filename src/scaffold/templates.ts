import path from 'node:path';
import { UserError } from '../errors.js';
import { didYouMean, nearestName } from '../nearest-name.js';
import { readManifests } from './manifests.js';
import { packageRoot } from './package-root.js';
import type { Template } from './types.js';

/** The default template. */
export const defaultTemplate = 'dante';

/** Every folder of this package's templates/ that has a template.json; the default one first, then by name. Read once. */
export function templates(): readonly Template[] {
  known ??= readTemplates(path.join(packageRoot(), 'templates'));
  return known;
}

let known: readonly Template[] | undefined;

/** Throws UserError TEMPLATE_UNKNOWN (usage), which lists the templates. */
export function templateNamed(name: string): Template {
  const found = templates().find((template) => template.name === name);
  if (found) return found;
  const names = templates().map((template) => template.name);
  throw new UserError('TEMPLATE_UNKNOWN', {
    what: `there is no template "${name}"`,
    why: `${didYouMean(name, names)}This version has: ${names.join(', ')}.`,
    next: `--template ${nearestName(name, names) ?? `${defaultTemplate} (the default)`}`,
    again: { with: ['--template', nearestName(name, names) ?? defaultTemplate] },
  });
}

/** A folder's templates, each a folder with a template.json: see `Template`. */
export function readTemplates(folder: string): Template[] {
  return readManifests<Template>(folder, 'template.json').sort(
    (a, b) => Number(b.name === defaultTemplate) - Number(a.name === defaultTemplate) || (a.name < b.name ? -1 : 1),
  );
}
