import type { HostEvent } from '../types.js';

/** The event of what nobody expected; `where` is put behind "A fault of the embedded IIS". */
export function faultEvent(where: string, error: unknown): HostEvent {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { level: 'error', code: 'HOST_FAULT', message: `A fault of the embedded IIS ${where}: ${text}` };
}
