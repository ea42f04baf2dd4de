import type { Origin } from '../../config/index.js';

/** A request that ends with an error, before its page is created. */
export interface StageFailure {
  readonly status: number;
  readonly subStatus: number;
  /** One sentence: what stopped the request. */
  readonly detail: string;
  /** `sc-win32-status` of the log: the low word of the HRESULT. */
  readonly win32?: number;
  readonly hresult?: number;
  /** The stage of IIS that answers, as named on the error page. */
  readonly module?: string;
  readonly notification?: string;
  /** The place in the configuration that causes it. */
  readonly origin?: Pick<Origin, 'file' | 'line'>;
  /** Values of WWW-Authenticate: what the client can sign in with. */
  readonly challenges?: readonly string[];
  /** Reason phrase if it is not the usual one. */
  readonly reason?: string;
}

/** Creates a failure; `extra` adds the other fields. */
export function failure(
  status: number,
  subStatus: number,
  detail: string,
  extra: Partial<Omit<StageFailure, 'status' | 'subStatus' | 'detail'>> = {},
): StageFailure {
  return { status, subStatus, detail, ...extra };
}
