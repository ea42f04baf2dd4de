/** One of the answers to choose from. */
export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
}

/** A question that has a flag. */
export interface Question {
  readonly message: string;
  /** What a person can type instead: `--entry server.js`. */
  readonly flag: string;
  readonly choices?: readonly Choice[];
  readonly initial?: string;
  /** Gives the complaint about a typed answer, undefined when it is fine. */
  readonly validate?: (answer: string) => string | undefined;
}
