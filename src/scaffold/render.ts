import { readFileSync } from 'node:fs';
import path from 'node:path';
import { installedVersion } from './package-root.js';
import type { Template } from './types.js';

/** What a template's files are filled in with. */
export interface RenderValues {
  /** The package's name. */
  readonly name: string;
  /** '/' or '/dante'. */
  readonly vdirPath: string;
  readonly transports: readonly string[];
}

/** The text of one of a template's files, as the app gets it. */
export function renderFile(template: Template, file: string, values: RenderValues): string {
  // npm leaves these out of packages, so the template has them under other names.
  const stored = file.replace(/(^|\/)\.gitignore$/, '$1_gitignore').replace(/(^|\/)(package-lock\.json)$/, '$1_$2');
  const text = readFileSync(path.join(template.root, stored), 'utf8').replaceAll('\r\n', '\n');
  if (file === 'package.json') return renderPackage(text, values);
  if (file === 'package-lock.json') return renderLock(text, values);
  if (file.endsWith('.md')) return renderProse(text, template, values);
  if (file.endsWith('.html')) {
    // For the page as IIS itself serves it; from node it gets the list of the moment.
    return text.replace(/data-transports="[^"]*"/, `data-transports="${values.transports.join(',')}"`);
  }
  return text;
}

/** The folder's name, and each dependency pinned to the version that this package itself runs with. */
function renderPackage(text: string, values: RenderValues): string {
  const manifest = JSON.parse(text) as { name: string; dependencies?: Record<string, string> };
  manifest.name = values.name;
  for (const [dependency, range] of Object.entries(manifest.dependencies ?? {})) {
    manifest.dependencies = { ...manifest.dependencies, [dependency]: installedVersion(dependency) ?? range };
  }
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/** The lock file speaks of the same package; what it locks was tried together, and npm need not look anything up. */
function renderLock(text: string, { name }: RenderValues): string {
  const lock = JSON.parse(text) as { name: string; packages: Record<string, { name?: string }> };
  const own = lock.packages[''];
  if (own !== undefined) own.name = name;
  return `${JSON.stringify({ ...lock, name }, undefined, 2)}\n`;
}

function renderProse(text: string, template: Template, { name, vdirPath }: RenderValues): string {
  const address = `http://localhost${vdirPath.replace(/\/$/, '')}/${template.entry}`;
  return text.replaceAll('{{name}}', name).replaceAll('{{address}}', address);
}
