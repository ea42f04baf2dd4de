/** The exit codes and their meaning; `--help` prints this table and a test pins it. */
export const exitCodes = {
  done: { code: 0, meaning: 'done, or nothing to do' },
  refused: { code: 1, meaning: 'failed: doctor found errors; a step failed and was rolled back' },
  usage: { code: 2, meaning: 'wrong usage: unknown flag, bad value, unreadable input' },
  bug: { code: 3, meaning: 'a bug in iisnode-sock' },
  question: { code: 4, meaning: 'an answer is needed, and there is no terminal to ask on' },
  incomplete: { code: 5, meaning: 'a step failed and the rollback is incomplete: check the server now' },
  interrupted: { code: 130, meaning: 'interrupted, after the rollback' },
} as const;

export type ExitReason = keyof typeof exitCodes;
