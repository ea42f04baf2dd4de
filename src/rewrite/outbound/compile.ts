import type { CompiledCondition } from '../compile.js';
import { compileConditions, namesOf, problemFields } from '../compile.js';
import { compileExpansion, type Expansion, ExpansionError, type ExpansionNames } from '../expansion.js';
import { compilePattern, compileSubstring, type Pattern } from '../pattern.js';
import { RegexError } from '../regex/syntax.js';
import { variableReader } from '../server-variables.js';
import type { RewriteConfig } from '../types.js';
import { foldName, unknownNameSubStatus, unknownOutboundNameMessage, wildcardBodyMessage } from '../unconfirmed.js';
import { type TagAttribute, tagAttributes } from './tags.js';
import type { OutboundConfig, OutboundRule, OutboundScope, OutboundSubStatus, PreCondition } from './types.js';

export interface CompiledPreCondition {
  readonly source: PreCondition;
  readonly conditions: readonly CompiledCondition[];
}

export interface CompiledOutboundRule {
  readonly source: OutboundRule;
  readonly scope: OutboundScope;
  readonly preCondition: CompiledPreCondition | undefined;
  readonly tags: ReadonlySet<TagAttribute>;
  /** Upper case; '' without one. */
  readonly variable: string;
  readonly readVariable: Expansion;
  readonly pattern: Pattern;
  readonly conditions: readonly CompiledCondition[];
  readonly value: Expansion;
}

export interface OutboundProblem {
  readonly rule: OutboundRule;
  /** The sentence of IIS's error page, and an explanation. */
  readonly message: string;
  readonly detail: string;
  readonly subStatus: OutboundSubStatus;
}

/** Outbound rules ready to run; created by compileOutbound. */
export interface CompiledOutbound {
  readonly config: OutboundConfig;
  readonly rules: readonly CompiledOutboundRule[];
  /** The first error: it makes every request of the scope fail. */
  readonly problem: OutboundProblem | undefined;
}

const nothing: OutboundConfig = { rules: [], preConditions: [], customTags: [], rewriteBeforeCache: false };

/** Prepares the outbound rules for rewriteResponse; once per configuration. Never throws for errors in the configuration. */
export function compileOutbound(config: RewriteConfig): CompiledOutbound {
  const { outbound = nothing } = config;
  const names = namesOf(config);
  const rules: CompiledOutboundRule[] = [];
  for (const rule of outbound.rules) {
    if (!rule.enabled) continue;
    try {
      rules.push(compileRule(rule, outbound, names));
    } catch (cause) {
      const subStatus = cause instanceof RegexError ? ruleSubStatus(outbound) : unknownNameSubStatus;
      return { config: outbound, rules: [], problem: { rule, ...problemFields(cause), subStatus } };
    }
  }
  return { config: outbound, rules, problem: undefined };
}

/** A rule that failed while running, after the output cache or before it. */
export function ruleSubStatus({ rewriteBeforeCache }: OutboundConfig): 52 | 53 {
  return rewriteBeforeCache ? 53 : 52;
}

/** The input of a rule: a server variable first, then tags, then the whole body. */
export function scopeOf({ match }: OutboundRule): OutboundScope {
  if (match.serverVariable !== undefined && match.serverVariable !== '') return 'variable';
  return match.filterByTags.length > 0 ? 'tags' : 'body';
}

function compileRule(rule: OutboundRule, config: OutboundConfig, names: ExpansionNames): CompiledOutboundRule {
  const { match } = rule;
  const variable = (match.serverVariable ?? '').toUpperCase();
  return {
    source: rule,
    scope: scopeOf(rule),
    preCondition: preConditionOf(rule, config, names),
    tags: tagAttributes(match.filterByTags, customTagsOf(rule, config)),
    variable,
    readVariable: variableReader(variable),
    pattern: patternOf(rule),
    conditions: compileConditions(rule.conditions, rule.patternSyntax, names),
    value: compileExpansion(rule.action.value, names),
  };
}

/** ExactMatch is a search for a text here, not a comparison of the whole (URL Rewrite 2.0 configuration reference). */
function patternOf(rule: OutboundRule): Pattern {
  const { match, patternSyntax } = rule;
  if (patternSyntax === 'Wildcard' && scopeOf(rule) === 'body')
    throw new ExpansionError(wildcardBodyMessage(rule.name));
  if (match.pattern === undefined || match.pattern === '') return compilePattern('^', 'ECMAScript', true);
  if (patternSyntax === 'ExactMatch') return compileSubstring(match.pattern, match.ignoreCase);
  return compilePattern(match.pattern, patternSyntax, match.ignoreCase);
}

function preConditionOf(
  { preCondition }: OutboundRule,
  config: OutboundConfig,
  names: ExpansionNames,
): CompiledPreCondition | undefined {
  if (preCondition === undefined || preCondition === '') return undefined;
  const source = config.preConditions.find(({ name }) => foldName(name) === foldName(preCondition));
  if (source === undefined) throw new ExpansionError(unknownOutboundNameMessage('preCondition', preCondition));
  return { source, conditions: compileConditions(source.conditions, source.patternSyntax, names) };
}

function customTagsOf({ match }: OutboundRule, config: OutboundConfig): OutboundConfig['customTags'][number]['tags'] {
  const { customTags } = match;
  if (customTags === undefined || customTags === '' || !match.filterByTags.includes('CustomTags')) return [];
  const found = config.customTags.find(({ name }) => foldName(name) === foldName(customTags));
  if (found === undefined) throw new ExpansionError(unknownOutboundNameMessage('customTags', customTags));
  return found.tags;
}
