import { win32 as system } from '../backend/win32.js';
import type { IisnodeFailure } from './types.js';

/** Win32 error codes iisnode stores with a failed response: those of the system, and its own (iisnode 0.2.27, errors.h). */
export const win32 = {
  ...system,
  unableToStartNode: 1028,
  unableToCreateDebuggerFiles: 1030,
  applicationIsRecycling: 1034,
} as const;

/** What iisnode answers when it fails: status, sub-status and what it means (iisnode 0.2.27, cnodeconstants.h). */
const table = {
  beforeDispatch: [500, 1000, 'iisnode could not start the application'],
  neverListened: [500, 1001, 'the script never listened on process.env.PORT'],
  exitedBeforeConnection: [500, 1002, 'the node process ended before it listened on process.env.PORT'],
  headRefused: [500, 1004, 'node refused the request'],
  headTooLarge: [500, 1005, 'the request head does not fit into maxRequestBufferSize'],
  headBroken: [500, 1006, 'the named pipe broke while the request was sent'],
  bodyUnreadable: [500, 1008, 'the request body could not be read to its end'],
  bodyBroken: [500, 1010, 'the named pipe broke while the request body was sent'],
  readRefused: [500, 1011, 'node closed the named pipe before it answered'],
  responseTooLarge: [500, 1012, 'the status line or a header of the response exceeds maxRequestBufferSize'],
  statusLine: [500, 1013, 'node closed the named pipe, or its answer did not begin with an HTTP status line'],
  responseHeaders: [500, 1014, 'the named pipe broke in the response headers, or they are malformed'],
  chunkHeader: [500, 1015, 'the named pipe broke in a chunked response, or its framing is malformed'],
  responseBody: [500, 1016, 'the named pipe broke before the whole response body had arrived'],
  flushHead: [500, 1018, 'the 101 response could not be sent'],
  recycling: [503, 1001, 'the application is being recycled'],
  tooManyRequests: [503, 1002, 'the node process has maxConcurrentRequestsPerProcess active requests'],
  refillFailed: [503, 1002, 'the node process could not be started again'],
  pipeBusy: [503, 1003, 'the named pipe stayed busy'],
  notFound: [404, 0, 'the script does not exist'],
  badTarget: [400, 0, 'the request target contains control characters'],
} as const;

export type FailureName = keyof typeof table;

const reasons: Record<number, string> = {
  400: 'Bad Request',
  404: 'Not Found',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** A failed exchange, with IIS's answer and one sentence for the log. */
export class BridgeError extends Error {
  override readonly name = 'BridgeError';
  readonly kind: FailureName;
  readonly failure: IisnodeFailure;

  constructor(kind: FailureName, code: number, options?: { readonly detail?: string; readonly cause?: unknown }) {
    const [status, subStatus, meaning] = table[kind];
    super(options?.detail ?? meaning, options?.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.failure = { status, subStatus, win32: code, reason: reasons[status] ?? '', detail: this.message };
  }
}
