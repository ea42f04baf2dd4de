import type { Origin } from '../config/index.js';
import type { RewriteEventName, RuleVerdict } from '../rewrite/index.js';

/** The stages of a request that decide something, in the order of IIS. */
export type StageName =
  | 'url'
  | 'site'
  | 'configuration'
  | 'global-rewrite'
  | 'request-filtering'
  | 'rewrite'
  | 'http-redirect'
  | 'authentication'
  | 'authorization'
  | 'proxy'
  | 'handler'
  | 'websocket'
  | 'iisnode'
  | 'http-platform'
  | 'static-file'
  | 'default-document'
  | 'directory'
  | 'http-errors'
  | 'outbound-rewrite'
  | 'compression';

export interface StepCondition {
  /** As written, and expanded. */
  readonly input: string;
  readonly expanded: string;
  readonly matchType: string;
  readonly pattern?: string;
  readonly negate: boolean;
  readonly matched: boolean;
}

/** One decision. Fields that do not apply are absent. */
export interface Step {
  readonly stage: StageName;
  /** Name of the rewrite rule, or of the handler mapping. */
  readonly rule?: string;
  readonly matched?: boolean;
  /** For a rewrite rule: its result. */
  readonly verdict?: RuleVerdict;
  /** The input of the test, and the pattern. */
  readonly input?: string;
  readonly pattern?: string;
  /** The pattern must not match. */
  readonly negate?: true;
  /** {R:0}, {R:1}, ... */
  readonly captures?: readonly string[];
  readonly conditions?: readonly StepCondition[];
  readonly result?: string;
  readonly note?: string;
  /** For a rewrite rule: the events that Failed Request Tracing on IIS has for it, in order. */
  readonly events?: readonly RewriteEventName[];
  /** The place in the configuration that causes it. */
  readonly file?: string;
  readonly line?: number;
}

/** The fields of a place in the configuration; none when it is undefined. */
export function originPlace(origin: Pick<Origin, 'file' | 'line'> | undefined): { file?: string; line?: number } {
  if (origin === undefined || origin.file === '') return {};
  return origin.line > 0 ? { file: origin.file, line: origin.line } : { file: origin.file };
}

/** A step with the place that decided it. */
export function stepAt(
  stage: StageName,
  step: Omit<Step, 'stage' | 'file' | 'line'>,
  origin?: Pick<Origin, 'file' | 'line'>,
): Step {
  return { stage, ...step, ...originPlace(origin) };
}
