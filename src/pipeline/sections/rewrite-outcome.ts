import type { ConfigLocation } from '../../config/index.js';
import type { RewriteOutcome } from '../../rewrite/index.js';
import { failure, type StageFailure } from './failure.js';

type Ending = Extract<RewriteOutcome, { kind: 'custom' | 'error' }>;

/** When a rewrite error happens, by its sub-status ("HTTP status codes in IIS"). */
export function rewriteNotification(subStatus: number): string {
  return { 51: 'PreBeginRequest', 52: 'SendResponse', 53: 'ReleaseRequestState' }[subStatus] ?? 'BeginRequest';
}

/** 403.18 of a rewrite into an application of another pool, which the worker process cannot run; undefined: it can. */
export function otherPool(before: ConfigLocation, after: ConfigLocation): StageFailure | undefined {
  const [from, to] = [before.application, after.application];
  if (from.pool.toLowerCase() === to.pool.toLowerCase()) return undefined;
  const detail = `A rule leads from ${from.path} to ${to.path}, which runs in the application pool ${to.pool}: a request stays in the pool where it started, here ${from.pool}.`;
  return failure(403, 18, detail, { module: 'IIS Web Core', notification: 'BeginRequest' });
}

/** The error answer of a rewrite run that ends the request; undefined: a custom response that is not an error. */
export function rewriteFailure(outcome: Ending): StageFailure | undefined {
  switch (outcome.kind) {
    case 'error': {
      const origin = outcome.rule?.origin;
      return failure(500, outcome.subStatus, outcome.message, {
        module: 'RewriteModule',
        notification: rewriteNotification(outcome.subStatus),
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
