import type { Origin } from '../../config/index.js';
import type { PatternSyntax, RewriteCondition } from '../condition-types.js';

/** The input of an outbound rule: one header or variable, the URL attributes of some tags, or the whole body. */
export type OutboundScope = 'variable' | 'tags' | 'body';

export interface OutboundRule {
  readonly name: string;
  /** Name of an entry of preConditions; undefined: every response. */
  readonly preCondition: string | undefined;
  readonly enabled: boolean;
  readonly patternSyntax: PatternSyntax;
  readonly stopProcessing: boolean;
  readonly match: {
    /** A, Form, Img, ... and CustomTags. */
    readonly filterByTags: readonly string[];
    readonly customTags: string | undefined;
    /** For example RESPONSE_LOCATION. */
    readonly serverVariable: string | undefined;
    /** undefined: matches everything. */
    readonly pattern: string | undefined;
    /** 0: no limit. */
    readonly occurrences: number;
    readonly ignoreCase: boolean;
    readonly negate: boolean;
  };
  readonly logicalGrouping: 'MatchAll' | 'MatchAny';
  readonly trackAllCaptures: boolean;
  readonly conditions: readonly RewriteCondition[];
  readonly action: { readonly type: 'None' | 'Rewrite'; readonly value: string; readonly replace: boolean };
  readonly origin: Origin | undefined;
}

export interface PreCondition {
  readonly name: string;
  readonly logicalGrouping: 'MatchAll' | 'MatchAny';
  readonly patternSyntax: PatternSyntax;
  readonly conditions: readonly RewriteCondition[];
}

export interface CustomTags {
  readonly name: string;
  readonly tags: readonly { readonly name: string; readonly attribute: string }[];
}

/** The effective outboundRules of one path, as plain data. */
export interface OutboundConfig {
  readonly rules: readonly OutboundRule[];
  readonly preConditions: readonly PreCondition[];
  readonly customTags: readonly CustomTags[];
  readonly rewriteBeforeCache: boolean;
}

/** A response before the outbound rules. Header names are lower case; `body` is undefined where it must not be changed. */
export interface RewriteResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export type OutboundVerdict =
  | 'applied'
  | 'not-matched'
  | 'condition-failed'
  | 'precondition-failed'
  | 'skipped-disabled'
  | 'skipped-no-body'
  | 'skipped-after-error';

/** The result of one outbound rule; every rule appears once, in the order of the configuration. */
export interface OutboundStep {
  readonly rule: OutboundRule;
  readonly scope: OutboundScope;
  readonly verdict: OutboundVerdict;
  /** How many places it changed. */
  readonly changes: number;
  readonly note: string | undefined;
}

/** 50: the rules could not be read; 52: a rule failed; 53: one that runs before the output cache. */
export type OutboundSubStatus = 50 | 52 | 53;

export interface OutboundResult {
  readonly outcome:
    | { readonly kind: 'pass' }
    | {
        readonly kind: 'error';
        readonly status: 500;
        readonly subStatus: OutboundSubStatus;
        readonly message: string;
        readonly rule: OutboundRule | undefined;
      };
  /** All response headers after the run; a removed one is absent. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly steps: readonly OutboundStep[];
}
