import { remembered } from '../remembered.js';
import { rewriteFunctions } from './functions.js';
import type { Groups } from './pattern.js';
import { variableReader } from './server-variables.js';
import type { RewriteState } from './state.js';
import type { RewriteMap } from './types.js';
import {
  badReferenceMessage,
  foldName,
  missingGroup,
  providerMessage,
  unclosedBraceMessage,
  unknownMapMessage,
} from './unconfirmed.js';

/** A text with `{...}` in it, ready to be expanded. */
export type Expansion = (state: RewriteState) => string;

/** A text that cannot be expanded; the message is for the error page. */
export class ExpansionError extends Error {
  override readonly name = 'ExpansionError';
}

/** The meanings of `{Name:key}` besides the functions. Keys are names in lower case. */
export interface ExpansionNames {
  readonly maps: ReadonlyMap<string, (key: string) => string>;
  readonly providers: ReadonlySet<string>;
}

/** Highest group number, registry value MaxBackReferences (blogs.iis.net/danielvl). */
export const maxBackReferences = 31;
/** Deeper nesting is refused; expansions recurse. */
const maxDepth = 50;

/** Compiles the look-up of a rewrite map. */
export function mapLookup(map: RewriteMap): (key: string) => string {
  if (!map.ignoreCase) return (key) => map.entries.get(key) ?? map.defaultValue;
  const folded = new Map<string, string>();
  for (const [key, value] of map.entries) if (!folded.has(key.toLowerCase())) folded.set(key.toLowerCase(), value);
  return (key) => folded.get(key.toLowerCase()) ?? map.defaultValue;
}

/** A cache of texts compiled with the same names: conditions use the same few variables repeatedly. */
const compiledTexts = remembered((_names: ExpansionNames) => new Map<string, Expansion>());

/** Compiles a text with variables, back-references, functions and maps. Throws ExpansionError. */
export function compileExpansion(text: string, names: ExpansionNames): Expansion {
  const known = compiledTexts(names);
  const expansion = known.get(text) ?? compileParts(text, names, 0);
  known.set(text, expansion);
  return expansion;
}

function compileParts(text: string, names: ExpansionNames, depth: number): Expansion {
  if (depth > maxDepth) throw new ExpansionError(unclosedBraceMessage(text));
  const parts: Expansion[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf('{', at);
    if (open !== at) {
      const literal = text.slice(at, open < 0 ? undefined : open);
      parts.push(() => literal);
    }
    if (open < 0) break;
    const close = closingBrace(text, open);
    parts.push(compileReference(text.slice(open + 1, close), names, depth));
    at = close + 1;
  }
  return join(parts);
}

function join(parts: readonly Expansion[]): Expansion {
  const [only] = parts;
  if (only === undefined) return () => '';
  if (parts.length === 1) return only;
  return (state) => {
    let text = '';
    for (const part of parts) text += part(state);
    return text;
  };
}

function closingBrace(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '{') depth++;
    else if (char === '}' && --depth === 0) return at;
  }
  throw new ExpansionError(unclosedBraceMessage(text));
}

/** The text between the braces: a name, or a name and its argument after the first colon. */
function compileReference(text: string, names: ExpansionNames, depth: number): Expansion {
  const colon = text.indexOf(':');
  const brace = text.indexOf('{');
  if (colon < 0 || (brace >= 0 && brace < colon)) return variableReader(text);
  const name = text.slice(0, colon);
  const argument = text.slice(colon + 1);
  if (name === 'R' || name === 'C') return groupReader(name, argument, text);
  const key = foldName(name);
  const apply = rewriteFunctions.get(key) ?? names.maps.get(key);
  if (apply !== undefined) {
    const inner = compileParts(argument, names, depth + 1);
    return (state) => apply(inner(state));
  }
  throw new ExpansionError(names.providers.has(key) ? providerMessage(name) : unknownMapMessage(name));
}

function groupReader(name: 'R' | 'C', digits: string, text: string): Expansion {
  if (!/^\d{1,9}$/.test(digits)) throw new ExpansionError(badReferenceMessage(`{${text}}`));
  const index = Number(digits);
  if (index > maxBackReferences) return () => missingGroup;
  if (name === 'R') return (state) => groupOf(state.ruleGroups, index);
  return (state) => groupOf(state.conditionGroups, index);
}

/** A group that did not match is empty; a group that the pattern does not have is a separate case. */
function groupOf(groups: Groups, index: number): string {
  return index < groups.length ? (groups[index] ?? '') : missingGroup;
}
