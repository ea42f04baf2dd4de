/** One of the possible answers. */
export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
}

/** A question that has a flag. */
export interface Question {
  readonly message: string;
  /** The option that answers it: `--entry server.js`. */
  readonly flag: string;
  readonly choices?: readonly Choice[];
  readonly initial?: string;
  /** Returns an error message for a typed answer, undefined when it is valid. */
  readonly validate?: (answer: string) => string | undefined;
}
