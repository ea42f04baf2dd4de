import path from 'node:path';
import { UserError } from '../errors.js';
import { didYouMean, nearestName } from '../nearest-name.js';
import { readManifests } from './manifests.js';
import { packageRoot } from './package-root.js';
import type { Adapter, Template } from './types.js';

/** The default adapter. */
export const noAdapter = 'none';

/** Every folder of this package's templates/adapters/ that has an adapter.json; 'none' first, then by name. Read once. */
export function adapters(): readonly Adapter[] {
  known ??= readManifests<Adapter>(path.join(packageRoot(), 'templates', 'adapters'), 'adapter.json').sort(
    (a, b) => Number(b.name === noAdapter) - Number(a.name === noAdapter) || (a.name < b.name ? -1 : 1),
  );
  return known;
}

let known: readonly Adapter[] | undefined;

/** Throws UserError ADAPTER_UNKNOWN (usage), which lists the adapters. */
export function adapterNamed(name: string): Adapter {
  const found = adapters().find((adapter) => adapter.name === name);
  if (found) return found;
  const names = adapters().map((adapter) => adapter.name);
  throw new UserError('ADAPTER_UNKNOWN', {
    what: `there is no adapter "${name}"`,
    why: `${didYouMean(name, names)}This version has: ${names.join(', ')}.`,
    next: `--adapter ${nearestName(name, names) ?? `${noAdapter} (the default)`}`,
    again: { with: ['--adapter', nearestName(name, names) ?? noAdapter] },
  });
}

/** Throws UserError ADAPTER_NOT_SUPPORTED (usage) when the template does not support that adapter. */
export function checkAdapter(template: Template, adapter: Adapter): void {
  if (adapter.name === noAdapter || template.adapters?.includes(adapter.name) === true) return;
  const all = [noAdapter, ...(template.adapters ?? [])];
  throw new UserError('ADAPTER_NOT_SUPPORTED', {
    what: `the template ${template.name} does not support the adapter ${adapter.name}`,
    why: `It supports: ${all.join(', ')}.`,
    next: `--adapter ${all.at(-1)}, or another --template`,
    again: { with: ['--adapter', all.at(-1) ?? noAdapter] },
  });
}
