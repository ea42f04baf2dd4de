import { size } from '../amounts.js';
import { type Explanation, readErrorPage, statusOf } from './explain.js';
import type { ProbeStep } from './types.js';
import type { ProbeAnswer } from './visitor.js';

/** What one step found, before its title and times are added. */
export interface Finding
  extends Pick<
    ProbeStep,
    | 'url'
    | 'status'
    | 'ok'
    | 'seen'
    | 'note'
    | 'elsewhere'
    | 'files'
    | 'missing'
    | 'unfinished'
    | 'policy'
    | 'namespace'
    | 'connection'
    | 'refused'
    | 'signs'
    | 'askedBy'
  > {
  readonly problem?: Explanation;
  /** What of several: behind the step's title. */
  readonly of?: string;
}

/** `text/html, 8.1 kB`, `HTTP 404, text/html, 139 B`. */
export function describeAnswer({ status, headers, body, bytes }: ProbeAnswer): string {
  const type = (headers['content-type'] ?? 'no content type').split(';')[0] ?? '';
  const page = status >= 400 ? readErrorPage(status, body) : undefined;
  return `${status >= 400 ? `HTTP ${page === undefined ? status : statusOf(page, status)}, ` : ''}${type}, ${size(bytes)}`;
}

/** What solves addresses at the root of the site, unless the app has it. */
export const useLoader = ', or let iisnode start the app through the loader (init --loader always)';
