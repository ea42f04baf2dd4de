import { programOf } from '../../app/index.js';
import { type ModuleUse, type Place, placeAt, resolveOwn, type ServerScript } from '../../source/index.js';
import { packageOf } from './declared.js';
import type { FileFacts } from './facts.js';

/** A package that the server's scripts load. */
export interface LoadedPackage {
  readonly name: string;
  /** The first place. */
  readonly at: Place;
  /** True when node loads it before the server listens, and ends without it. */
  readonly atStart: boolean;
}

/** The scripts that are loaded at the start of an entry point, not by a function that is called later. */
function scriptsAtStart({ entries, folder, server }: FileFacts): ReadonlySet<string> {
  const byName = new Map(server.scripts.map(({ loaded }) => [loaded?.name, loaded]));
  const names = new Set(entries.flatMap((entry) => folder.spelling(programOf(entry).name) ?? []));
  for (const name of names) {
    for (const { specifier, when } of byName.get(name)?.context?.modules ?? []) {
      const next = when === 'start' ? resolveOwn(folder, name, specifier) : undefined;
      if (next !== undefined) names.add(next);
    }
  }
  return names;
}

/** The place in the source where a module is loaded; for a module added by a compiler the start of the script. */
function loadPlace({ server }: FileFacts, script: ServerScript, specifier: string): Place {
  for (const { loaded, context } of server.scripts) {
    const start = loaded === script.loaded && context ? firstStarts(context.modules).get(specifier) : undefined;
    if (context && start !== undefined) return context.place(start);
  }
  return placeAt(script.source, 0);
}

/** Where a script first loads each module, looked for once. */
const starts = new WeakMap<readonly ModuleUse[], ReadonlyMap<string, number>>();

function firstStarts(modules: readonly ModuleUse[]): ReadonlyMap<string, number> {
  const known =
    starts.get(modules) ?? new Map(modules.map(({ specifier, start }) => [specifier, start] as const).reverse());
  starts.set(modules, known);
  return known;
}

/** Packages that the server loads, those at its start first; packages in a try block may be missing, so they are not included. */
export function loadedPackages(facts: FileFacts): readonly LoadedPackage[] {
  const first = scriptsAtStart(facts);
  const found = new Map<string, LoadedPackage>();
  for (const script of facts.server.scripts) {
    const { loaded } = script;
    for (const { specifier, when } of loaded?.context?.modules ?? []) {
      if (!loaded || when === 'guarded' || /^[./#]|^[a-z]+:/i.test(specifier)) continue;
      if (resolveOwn(facts.folder, loaded.name, specifier) !== undefined) continue;
      const name = packageOf(specifier);
      const atStart = when === 'start' && first.has(loaded.name);
      const known = found.get(name);
      if (!known || (atStart && !known.atStart))
        found.set(name, { name, at: loadPlace(facts, script, specifier), atStart });
    }
  }
  return [...found.values()].sort((a, b) => Number(b.atStart) - Number(a.atStart));
}
