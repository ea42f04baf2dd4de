import type { ScriptContext } from './context.js';
import type { AppFolder } from './folder.js';
import { type FunctionNode, type Functions, functionsOf, type Mention, type Owner } from './functions.js';
import { resolveRelative } from './resolve.js';
import type { Variable } from './variable.js';

interface NamedScript {
  /** Relative path, forward slashes. */
  readonly name: string;
  /** undefined when it could not be read. */
  readonly context: ScriptContext | undefined;
}

/** Which code of an app can be reached from its entry points. */
export interface CallGraph {
  /**
   * False only if the code at an offset is in a function that no reached code mentions (except to bind, import or export it), or
   * in a script that no reached code loads; code that cannot be followed counts as a call.
   */
  canBeReached(script: NamedScript, offset: number): boolean;
}

/** A script with its functions, and the targets of its imported names. */
interface Unit {
  readonly functions: Functions;
  readonly loads: readonly { readonly specifier: string; readonly unit: Unit }[];
  readonly imports: ReadonlyMap<Variable, readonly { readonly unit: Unit; readonly exported: string }[]>;
}

/**
 * Follows calls and loads of modules through the scripts of an app.
 *
 * @param scripts All scripts that node loads.
 * @param entries The names of the entry points; when none of them is among the scripts, any script may be one.
 */
export function callGraph(folder: AppFolder, scripts: readonly NamedScript[], entries: readonly string[]): CallGraph {
  const units = unitsOf(folder, scripts);
  const reached = new Map<Unit, Set<Owner>>();
  const pending: { readonly unit: Unit; readonly owner: Owner }[] = [];
  const reach = (unit: Unit, owners: readonly Owner[]): void => {
    const known = reached.get(unit) ?? new Set();
    reached.set(unit, known);
    for (const owner of owners) {
      if (known.has(owner)) continue;
      known.add(owner);
      pending.push({ unit, owner });
    }
  };

  const starts = entries.flatMap((name) => units.get(name) ?? []);
  for (const unit of starts.length > 0 ? starts : units.values()) reach(unit, ['script']);
  // A script that cannot be read may call anything.
  if (scripts.some(({ context }) => context === undefined)) {
    for (const unit of units.values()) reach(unit, ['script', ...unit.functions.exported()]);
  }
  for (let next = pending.pop(); next; next = pending.pop()) {
    for (const mention of next.unit.functions.mentions(next.owner)) {
      for (const { unit, owners } of mentioned(next.unit, mention)) reach(unit, owners);
    }
  }
  return {
    canBeReached: ({ name }, offset) => {
      const unit = units.get(name);
      return unit === undefined || (reached.get(unit)?.has(unit.functions.ownerAt(offset)) ?? false);
    },
  };
}

/** The code that may run when something is mentioned. */
function mentioned(
  unit: Unit,
  mention: Mention,
): readonly { readonly unit: Unit; readonly owners: readonly Owner[] }[] {
  switch (mention.kind) {
    case 'module':
      return unit.loads
        .filter(({ specifier }) => specifier === mention.specifier)
        .map(({ unit: other }) => ({
          unit: other,
          owners: ['script', ...(mention.isHandedOn ? other.functions.exported() : [])],
        }));
    case 'property':
      return [unit, ...unit.loads.map(({ unit: other }) => other)].map((each) => ({
        unit: each,
        owners: each.functions.exported(mention.name),
      }));
    case 'variable': {
      const elsewhere = unit.imports.get(mention.variable) ?? [];
      return [
        { unit, owners: unit.functions.bound(mention.variable) },
        ...elsewhere.map(({ unit: other, exported }) => ({
          unit: other,
          owners: exportedBehind(other.functions, exported, mention.as),
        })),
      ];
    }
  }
}

/** The name of a module object may pass on all its exports; `module.x` is a property. */
function exportedBehind(functions: Functions, exported: string, as: 'whole' | 'owner'): readonly FunctionNode[] {
  if (exported !== '*' && exported !== 'default') return functions.exported(exported);
  if (as === 'whole') return functions.exported();
  return functions.exported('default');
}

function unitsOf(folder: AppFolder, scripts: readonly NamedScript[]): ReadonlyMap<string, Unit> {
  const units = new Map<string, Unit>();
  const known = scripts.flatMap(({ name, context }) => {
    if (!context) return [];
    const loads: Unit['loads'][number][] = [];
    const imports = new Map<Variable, { readonly unit: Unit; readonly exported: string }[]>();
    const unit = { functions: functionsOf(context), loads, imports };
    units.set(name, unit);
    return [{ name, context, loads, imports }];
  });
  for (const { name, context, loads, imports } of known) {
    for (const { specifier, bound } of context.modules) {
      const unit = units.get(resolveRelative(folder, name, specifier) ?? '');
      if (!unit) continue;
      loads.push({ specifier, unit });
      for (const { local, exported } of bound) {
        const variable = context.bindings.variableOf(local);
        if (variable) imports.set(variable, [...(imports.get(variable) ?? []), { unit, exported }]);
      }
    }
  }
  return units;
}
