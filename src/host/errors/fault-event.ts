import type { HostEvent } from '../types.js';

/** The event of an unexpected error; `where` follows "Internal error of the embedded IIS". */
export function faultEvent(where: string, error: unknown): HostEvent {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { level: 'error', code: 'HOST_FAULT', message: `Internal error of the embedded IIS ${where}: ${text}` };
}
