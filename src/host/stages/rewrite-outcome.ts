import type { RewriteOutcome } from '../../rewrite/index.js';
import { failure, type StageFailure } from './failure.js';

type Ending = Extract<RewriteOutcome, { kind: 'proxy' | 'custom' | 'error' }>;

/** The error answer of a rewrite run that ends the request; undefined: a custom response that is no error. */
export function rewriteFailure(outcome: Ending): StageFailure | undefined {
  switch (outcome.kind) {
    case 'proxy':
      return failure(
        404,
        4,
        `A rule rewrites to ${outcome.url}: Application Request Routing is not part of the embedded IIS.`,
        { module: 'RewriteModule', notification: 'MapRequestHandler' },
      );
    case 'error': {
      const origin = outcome.rule?.origin;
      return failure(500, outcome.subStatus, outcome.message, {
        module: 'RewriteModule',
        notification: 'BeginRequest',
        ...(origin && { origin }),
      });
    }
    case 'custom':
      if (outcome.status < 400) return undefined;
      return failure(outcome.status, outcome.subStatus, outcome.description, {
        module: 'RewriteModule',
        reason: outcome.reason,
      });
  }
}
