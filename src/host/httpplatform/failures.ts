import type { PlatformFailure } from './types.js';

/** Codes that HttpPlatformHandler stores with a failed response (winerror.h, winhttp.h). */
export const codes = {
  none: 0,
  serverDisabled: 1341,
  timeout: 12002,
  connectionError: 12030,
  invalidResponse: 12152,
} as const;

/** `start`: no process listens. `forward`: the process did not answer. `ending`: the application is being ended. */
export type FailureKind = 'start' | 'forward' | 'ending';

/** A failed exchange, with IIS's answer and one sentence for the log. */
export class PlatformError extends Error {
  override readonly name = 'PlatformError';
  readonly kind: FailureKind;
  readonly failure: PlatformFailure;

  /** `version` decides the sub-status of a failed start: 502.3 of 1.2, 502.5 of 2.0 (httpplatformhandler.md 9). */
  constructor(kind: FailureKind, version: 1 | 2, win32: number, detail: string, cause?: unknown) {
    super(detail, cause === undefined ? undefined : { cause });
    this.kind = kind;
    const [status, subStatus] = kind === 'ending' ? [503, 0] : [502, kind === 'start' && version === 2 ? 5 : 3];
    this.failure = { status, subStatus, win32, detail };
  }
}
