import { addTo } from './add-to.js';
import type { ScriptContext } from './context.js';
import type { AppFolder } from './folder.js';
import type { FunctionNode } from './function-node.js';
import { type Functions, functionsOf, type Mention, type Owner } from './functions.js';
import { resolveOwn } from './resolve.js';
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
  /** By specifier. */
  readonly loads: ReadonlyMap<string, Unit>;
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

  const isFirst = firstMentions();

  const starts = entries.flatMap((name) => units.get(name) ?? []);
  for (const unit of starts.length > 0 ? starts : units.values()) reach(unit, ['script']);
  // A script that cannot be read may call anything.
  if (scripts.some(({ context }) => context === undefined)) {
    for (const unit of units.values()) reach(unit, ['script', ...unit.functions.exported()]);
  }
  for (let next = pending.pop(); next; next = pending.pop()) {
    for (const mention of next.unit.functions.mentions(next.owner)) {
      if (!isFirst(next.unit, mention)) continue;
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

/** Is it the first time that a script mentions it? What it leads to is followed once, however often the code repeats it. */
function firstMentions(): (unit: Unit, mention: Mention) => boolean {
  const seen = new Map<Unit, Map<string, Set<unknown>>>();
  return (unit, mention) => {
    const kinds = seen.get(unit) ?? new Map<string, Set<unknown>>();
    seen.set(unit, kinds);
    const [kind, what] = keyOf(mention);
    const known = kinds.get(kind) ?? new Set();
    kinds.set(kind, known);
    const isNew = !known.has(what);
    known.add(what);
    return isNew;
  };
}

function keyOf(mention: Mention): readonly [kind: string, what: unknown] {
  switch (mention.kind) {
    case 'module':
      return [`module ${mention.isHandedOn}`, mention.specifier];
    case 'property':
      return ['property', mention.name];
    case 'variable':
      return [mention.as, mention.variable];
  }
}

/** The code that may run when something is mentioned. */
function mentioned(
  unit: Unit,
  mention: Mention,
): readonly { readonly unit: Unit; readonly owners: readonly Owner[] }[] {
  switch (mention.kind) {
    case 'module':
      return [unit.loads.get(mention.specifier) ?? []].flat().map((other) => ({
        unit: other,
        owners: ['script', ...(mention.isHandedOn ? other.functions.exported() : [])],
      }));
    case 'property':
      return [...new Set([unit, ...unit.loads.values()])].map((each) => ({
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
    const loads = new Map<string, Unit>();
    const imports = new Map<Variable, { readonly unit: Unit; readonly exported: string }[]>();
    const unit = { functions: functionsOf(context), loads, imports };
    units.set(name, unit);
    return [{ name, context, loads, imports }];
  });
  for (const { name, context, loads, imports } of known) {
    for (const { specifier, bound } of context.modules) {
      const unit = units.get(resolveOwn(folder, name, specifier) ?? '');
      if (!unit) continue;
      loads.set(specifier, unit);
      for (const { local, exported } of bound) {
        const variable = context.bindings.variableOf(local);
        if (variable) addTo(imports, variable, { unit, exported });
      }
    }
  }
  return units;
}
