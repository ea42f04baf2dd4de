import type { Origin } from '../../config/index.js';

/** A request that ends in an error answer, before the page for it is made. */
export interface StageFailure {
  readonly status: number;
  readonly subStatus: number;
  /** One sentence for people: what stopped the request. */
  readonly detail: string;
  /** `sc-win32-status` of the log: the low word of the HRESULT. */
  readonly win32?: number;
  readonly hresult?: number;
  /** Which stage of IIS answers, as the error page names it. */
  readonly module?: string;
  readonly notification?: string;
  /** Where the configuration says so. */
  readonly origin?: Pick<Origin, 'file' | 'line'>;
  /** Reason phrase where it is not the usual one. */
  readonly reason?: string;
}

/** Builds a failure; `extra` adds what is known beyond status and sentence. */
export function failure(
  status: number,
  subStatus: number,
  detail: string,
  extra: Partial<Omit<StageFailure, 'status' | 'subStatus' | 'detail'>> = {},
): StageFailure {
  return { status, subStatus, detail, ...extra };
}
