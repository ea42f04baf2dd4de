import { compileExpansion, type Expansion, ExpansionError, type ExpansionNames, mapLookup } from './expansion.js';
import { compilePattern, type Pattern } from './pattern.js';
import { RegexError } from './regex/syntax.js';
import { variableReader } from './server-variables.js';
import type {
  CompiledRewrite,
  CompileProblem,
  PatternSyntax,
  RewriteCondition,
  RewriteConfig,
  RewriteRule,
} from './types.js';
import {
  disabledRulesAreCompiled,
  foldName,
  isCustomStatus,
  missingConditionPattern,
  missingStatusMessage,
} from './unconfirmed.js';

export interface CompiledCondition {
  readonly source: RewriteCondition;
  /** undefined: no input attribute. */
  readonly input: Expansion | undefined;
  readonly pattern: Pattern | undefined;
}

export interface CompiledRule {
  readonly source: RewriteRule;
  /** undefined: no match element. */
  readonly pattern: Pattern | undefined;
  readonly negate: boolean;
  readonly conditions: readonly CompiledCondition[];
  readonly variables: readonly {
    readonly name: string;
    readonly read: Expansion;
    readonly value: Expansion;
    readonly replace: boolean;
  }[];
  /** The action's URL, or the reason of a CustomResponse. */
  readonly url: Expansion | undefined;
  readonly description: Expansion | undefined;
  /** A rule that never runs, but is reported. */
  readonly disabled: boolean;
}

/** The internals of CompiledRewrite. */
export interface CompiledRules extends CompiledRewrite {
  readonly globalRules: readonly CompiledRule[];
  readonly rules: readonly CompiledRule[];
  readonly allowed: ReadonlySet<string>;
}

/**
 * Prepares the effective rules for `rewrite`; once per configuration. Never throws for errors in the configuration: problems
 * are kept, and make every request of their scope an error outcome (500.51 for global rules, 500.50 for the others).
 */
export function compileRewrite(config: RewriteConfig): CompiledRewrite {
  const names = namesOf(config);
  const problems: CompileProblem[] = [];
  const compile = (rule: RewriteRule): CompiledRule => compileRule(rule, names, problems);
  const compiled: CompiledRules = {
    config,
    problems,
    globalRules: config.globalRules.map(compile),
    rules: config.rules.map(compile),
    allowed: new Set(config.allowedServerVariables.map((name) => name.toUpperCase())),
  };
  return compiled;
}

/** Maps and providers by name in lower case; the first of a name is used. */
export function namesOf(config: RewriteConfig): ExpansionNames {
  const maps = new Map<string, (key: string) => string>();
  for (const map of config.maps) if (!maps.has(foldName(map.name))) maps.set(foldName(map.name), mapLookup(map));
  return { maps, providers: new Set((config.providers ?? []).map(foldName)) };
}

function compileRule(rule: RewriteRule, names: ExpansionNames, problems: CompileProblem[]): CompiledRule {
  const disabled = !rule.enabled;
  const inert = { source: rule, pattern: undefined, negate: false, conditions: [], variables: [], disabled };
  const nothing: CompiledRule = { ...inert, url: undefined, description: undefined };
  if (disabled && !disabledRulesAreCompiled) return nothing;
  try {
    return {
      source: rule,
      disabled,
      ...matchOf(rule),
      conditions: compileConditions(rule.conditions, rule.patternSyntax, names),
      ...actionOf(rule, names),
    };
  } catch (cause) {
    problems.push(problemOf(rule, cause));
    return nothing;
  }
}

function matchOf(rule: RewriteRule): Pick<CompiledRule, 'pattern' | 'negate'> {
  const { match } = rule;
  if (match === undefined) return { pattern: undefined, negate: false };
  return { pattern: compileOrAnything(match.url, rule.patternSyntax, match.ignoreCase), negate: match.negate };
}

/** An empty pattern means a missing one: it matches everything, in every syntax. */
function compileOrAnything(text: string, syntax: PatternSyntax, ignoreCase: boolean): Pattern {
  return compilePattern(text, text === '' ? 'ECMAScript' : syntax, ignoreCase);
}

/** Conditions use the syntax of their rule. Throws RegexError, ExpansionError. */
export function compileConditions(
  conditions: readonly RewriteCondition[],
  syntax: PatternSyntax,
  names: ExpansionNames,
): CompiledCondition[] {
  return conditions.map((source) => ({
    source,
    input: source.input === undefined ? undefined : compileExpansion(source.input, names),
    pattern:
      source.matchType === 'Pattern'
        ? compileOrAnything(source.pattern ?? missingConditionPattern, syntax, source.ignoreCase)
        : undefined,
  }));
}

function actionOf(rule: RewriteRule, names: ExpansionNames): Pick<CompiledRule, 'variables' | 'url' | 'description'> {
  const variables = rule.serverVariables.map(({ name, value, replace }) => ({
    name: name.toUpperCase(),
    read: variableReader(name),
    value: compileExpansion(value, names),
    replace,
  }));
  const { action } = rule;
  if (action.type === 'Rewrite' || action.type === 'Redirect') {
    return { variables, url: compileExpansion(action.url, names), description: undefined };
  }
  if (action.type !== 'CustomResponse') return { variables, url: undefined, description: undefined };
  if (!isCustomStatus(action.status)) throw new ExpansionError(missingStatusMessage(rule.name));
  return {
    variables,
    url: compileExpansion(action.reason, names),
    description: compileExpansion(action.description, names),
  };
}

function problemOf(rule: RewriteRule, cause: unknown): CompileProblem {
  return { rule, ...problemFields(cause) };
}

/** IIS's sentence and an explanation for an error of a compiler; any other error is a bug of ours and is thrown again. */
export function problemFields(cause: unknown): { readonly message: string; readonly detail: string } {
  if (cause instanceof RegexError) return { message: cause.message, detail: cause.detail };
  if (cause instanceof ExpansionError) return { message: cause.message, detail: cause.message };
  throw cause;
}
