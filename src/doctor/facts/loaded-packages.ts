import { type Place, resolveRelative } from '../../source/index.js';
import { packageOf } from './declared.js';
import type { Facts } from './facts.js';

/** A package that the server's scripts load. */
export interface LoadedPackage {
  readonly name: string;
  /** Where first. */
  readonly at: Place;
  /** True when node loads it before the server listens, and ends without it. */
  readonly atStart: boolean;
}

/** The scripts that are loaded with an entry point, not by a function of one that is called later. */
function scriptsAtStart({ entries, folder, server }: Facts): ReadonlySet<string> {
  const byName = new Map(server.scripts.map((script) => [script.name, script]));
  const names = new Set(entries.flatMap(({ name }) => folder.spelling(name) ?? []));
  for (const name of names) {
    for (const { specifier, when } of byName.get(name)?.context?.modules ?? []) {
      const next = when === 'start' ? resolveRelative(folder, name, specifier) : undefined;
      if (next !== undefined) names.add(next);
    }
  }
  return names;
}

/** Packages that the server loads, those at its start first; what stands in a try block may be missing, so it is left out. */
export function loadedPackages(facts: Facts): readonly LoadedPackage[] {
  const first = scriptsAtStart(facts);
  const found = new Map<string, LoadedPackage>();
  for (const { name: script, context } of facts.server.scripts) {
    for (const { specifier, start, when } of context?.modules ?? []) {
      if (!context || when === 'guarded' || /^[./#]|^[a-z]+:/i.test(specifier)) continue;
      const name = packageOf(specifier);
      const atStart = when === 'start' && first.has(script);
      if (!found.has(name) || (atStart && found.get(name)?.atStart === false)) {
        found.set(name, { name, at: context.place(start), atStart });
      }
    }
  }
  return [...found.values()].sort((a, b) => Number(b.atStart) - Number(a.atStart));
}
