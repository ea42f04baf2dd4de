import type { EffectiveElement } from '../config/index.js';
import type { PatternSyntax, RewriteCondition } from './condition-types.js';

/** A string attribute, '' when it is not set. */
export function text(element: EffectiveElement, attribute: string): string {
  const value = element.get(attribute);
  return value === undefined ? '' : String(value);
}

/** A string attribute, undefined when it is not set. */
export function optional(element: EffectiveElement, attribute: string): string | undefined {
  return element.isSet(attribute) ? text(element, attribute) : undefined;
}

/** The enumeration's value, already checked by the schema. */
export function readSyntax(element: EffectiveElement): PatternSyntax {
  const value = text(element, 'patternSyntax');
  return value === 'Wildcard' || value === 'ExactMatch' ? value : 'ECMAScript';
}

export function readGrouping(element: EffectiveElement): 'MatchAll' | 'MatchAny' {
  return text(element, 'logicalGrouping') === 'MatchAny' ? 'MatchAny' : 'MatchAll';
}

export function readCondition(element: EffectiveElement): RewriteCondition {
  const matchType = text(element, 'matchType');
  return {
    input: optional(element, 'input'),
    matchType: matchType === 'IsFile' || matchType === 'IsDirectory' ? matchType : 'Pattern',
    pattern: optional(element, 'pattern'),
    ignoreCase: element.boolean('ignoreCase'),
    negate: element.boolean('negate'),
  };
}
