import type { CommandLine, Parameter } from './command-line.js';
import { filterObjects, renderObjects } from './listing.js';
import { type HostObject, type ObjectKind, sameName } from './objects.js';
import { identifierMissing, noSuchObject } from './refusal.js';
import type { Answer } from './world.js';

/** `list`: an identifier without a match ends with 1 and no output; a filter without a match ends with 0. */
export function answerList(objects: readonly HostObject[], line: CommandLine, filters = line.parameters): Answer {
  const identifier = line.identifier;
  const named = identifier === undefined ? objects : objects.filter(({ name }) => sameName(name, identifier));
  const found = filterObjects(named, filters);
  // Unconfirmed for the real one in /xml form; an empty envelope can be parsed by the caller.
  if (named.length === 0 && identifier !== undefined) {
    return { stdout: line.format === 'xml' ? renderObjects([], line) : '', exitCode: 1 };
  }
  return { stdout: renderObjects(found, line) };
}

/** The object of a command. @throws Refusal when it is not given, or does not exist. */
export function requiredObject(
  objects: readonly HostObject[],
  kind: ObjectKind,
  line: CommandLine,
  missing: (identifier: string) => Error = (identifier) => noSuchObject(kind, identifier),
): HostObject {
  const identifier = line.identifier;
  if (identifier === undefined || identifier === '') throw identifierMissing(kind);
  const found = objects.find(({ name }) => sameName(name, identifier));
  if (found === undefined) throw missing(identifier);
  return found;
}

/** Parameters by lower-case name, and the remaining ones for the property engine. */
export function takeParameters(
  parameters: readonly Parameter[],
  names: readonly string[],
): { readonly taken: ReadonlyMap<string, string>; readonly rest: readonly Parameter[] } {
  const taken = new Map<string, string>();
  const rest: Parameter[] = [];
  for (const parameter of parameters) {
    const name = parameter.name.toLowerCase();
    if (names.includes(name) && parameter.value !== undefined) taken.set(name, parameter.value);
    else rest.push(parameter);
  }
  return { taken, rest };
}
