import type { ScriptContext } from './context.js';
import type { AppFolder } from './folder.js';
import { type FunctionNames, type FunctionNode, type Outline, outlineOf } from './outline.js';
import { resolveRelative } from './resolve.js';

/** Code that is more of a maze than this is given the benefit of the doubt. */
const mostSteps = 10_000;

interface NamedScript {
  /** Relative path, forward slashes. */
  readonly name: string;
  readonly context: ScriptContext | undefined;
}

/**
 * May the code at an offset of a script run? False only where it stands in a function that no script mentions, other than to
 * bind, import and export it; whatever nobody can follow counts as a call.
 *
 * @param scripts All scripts of the app that node loads, the one in question among them.
 */
export function mayRun(
  folder: AppFolder,
  scripts: readonly NamedScript[],
  script: NamedScript,
  offset: number,
): boolean {
  const asked = new Set<FunctionNode>();
  const called = new Set<FunctionNode>();
  let steps = 0;
  const doAllRun = (at: NamedScript, functions: readonly FunctionNode[]): boolean =>
    functions.every((made) => isCalled(at, made));

  return script.context === undefined || doAllRun(script, outlineOf(script.context).around(offset));

  function isCalled(at: NamedScript, made: FunctionNode): boolean {
    if (!at.context) return true;
    const outline = outlineOf(at.context);
    const names = outline.namesOf(made);
    steps += 1;
    if (names === undefined || called.has(made) || steps > mostSteps) return true;
    // Functions that call each other only are called by nobody.
    if (asked.has(made)) return false;
    asked.add(made);
    const found = isUsedByName(at, made, outline, names);
    asked.delete(made);
    if (found) called.add(made);
    return found;
  }

  function isUsedByName(at: NamedScript, made: FunctionNode, outline: Outline, names: FunctionNames): boolean {
    const { local, exported } = names;
    const isMentioned = outline.mentions.some(
      ({ name, as, inside }) =>
        ((as !== 'property' && name === local) || (as === 'property' && exported.includes(name))) &&
        !inside.includes(made) &&
        doAllRun(at, inside),
    );
    return isMentioned || exported.some((name) => scripts.some((other) => other !== at && takes(other, at, name)));
  }

  /** Does a script do anything with an export of another one? */
  function takes(other: NamedScript, from: NamedScript, exported: string): boolean {
    if (!other.context) return true;
    const uses = other.context.modules.filter(
      ({ specifier }) => resolveRelative(folder, other.name, specifier) === from.name,
    );
    if (uses.length === 0) return false;
    const outline = outlineOf(other.context);
    if (uses.some(({ start }) => outline.passesOn.has(start))) return true;
    const locals = uses.flatMap(({ bound }) => bound.map(({ local, exported: name }) => [local.name, name] as const));
    return (
      mentions(outline, ({ name, as }) => as === 'property' && name === exported) ||
      locals.some(([local, name]) =>
        name === exported
          ? isUsed(outline, local)
          : (name === '*' || name === 'default') && isUsed(outline, local, exported === 'default'),
      )
    );

    function mentions(of: Outline, wanted: (mention: Outline['mentions'][number]) => boolean): boolean {
      return of.mentions.some((mention) => wanted(mention) && doAllRun(other, mention.inside));
    }

    /** Also by being handed on: exported again, or as the module that it is. */
    function isUsed(of: Outline, local: string, alsoAsOwner = true): boolean {
      return (
        of.isExported(local) ||
        mentions(of, ({ name, as }) => name === local && (as === 'whole' || (as === 'owner' && alsoAsOwner)))
      );
    }
  }
}
