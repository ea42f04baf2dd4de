/** The exit code of a shell after SIGINT, and STATUS_CONTROL_C_EXIT of Windows. */
const interruptedCodes = new Set([130, 0xc000013a]);

interface Ended {
  readonly isCanceled: boolean;
  readonly signal?: string | undefined;
  readonly exitCode?: number | undefined;
}

/** Ctrl-C on a terminal reaches npm as well, and npm may end before our own handler runs. */
export function wasInterrupted({ isCanceled, signal, exitCode }: Ended, ours: AbortSignal | undefined): boolean {
  return isCanceled || ours?.aborted === true || signal === 'SIGINT' || interruptedCodes.has(exitCode ?? 0);
}
