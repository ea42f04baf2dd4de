/** What the process's exit code says; `--help` prints this table and a test pins it. */
export const exitCodes = {
  done: { code: 0, meaning: 'done, or nothing to do' },
  refused: { code: 1, meaning: 'the answer is no: doctor found errors; the step failed and was rolled back' },
  usage: { code: 2, meaning: 'you asked wrongly: unknown flag, bad value, unreadable input' },
  bug: { code: 3, meaning: 'our bug' },
  question: { code: 4, meaning: 'a question was needed and nobody is there to answer' },
  incomplete: { code: 5, meaning: 'it failed and the rollback is incomplete: look now' },
  interrupted: { code: 130, meaning: 'interrupted, after the rollback' },
} as const;

export type ExitReason = keyof typeof exitCodes;
