import type { EffectiveElement } from '../../config/index.js';
import { optional, readCondition, readGrouping, readSyntax, text } from '../read-values.js';
import type { OutboundConfig, OutboundRule } from './types.js';

/** system.webServer/rewrite/outboundRules as plain data. */
export function readOutbound(section: EffectiveElement): OutboundConfig {
  return {
    rules: section.items.map(readRule),
    preConditions: section.child('preConditions').items.map((element) => ({
      name: text(element, 'name'),
      logicalGrouping: readGrouping(element),
      patternSyntax: readSyntax(element),
      conditions: element.items.map(readCondition),
    })),
    customTags: section.child('customTags').items.map((element) => ({
      name: text(element, 'name'),
      tags: element.items.map((tag) => ({ name: text(tag, 'name'), attribute: text(tag, 'attribute') })),
    })),
    rewriteBeforeCache: section.boolean('rewriteBeforeCache'),
  };
}

function readRule(element: EffectiveElement): OutboundRule {
  const match = element.child('match');
  const conditions = element.child('conditions');
  const action = element.child('action');
  return {
    name: text(element, 'name'),
    preCondition: optional(element, 'preCondition'),
    enabled: element.boolean('enabled'),
    patternSyntax: readSyntax(element),
    stopProcessing: element.boolean('stopProcessing'),
    match: {
      filterByTags: readTags(match),
      customTags: optional(match, 'customTags'),
      serverVariable: optional(match, 'serverVariable'),
      pattern: optional(match, 'pattern'),
      occurrences: match.number('occurrences'),
      ignoreCase: match.boolean('ignoreCase'),
      negate: match.boolean('negate'),
    },
    logicalGrouping: readGrouping(conditions),
    trackAllCaptures: conditions.boolean('trackAllCaptures'),
    conditions: conditions.items.map(readCondition),
    action: {
      type: text(action, 'type') === 'Rewrite' ? 'Rewrite' : 'None',
      value: text(action, 'value'),
      replace: action.boolean('replace'),
    },
    origin: element.origin(),
  };
}

function readTags(match: EffectiveElement): readonly string[] {
  const value = match.get('filterByTags');
  return Array.isArray(value) ? value.filter((name: string) => name !== 'None') : [];
}
