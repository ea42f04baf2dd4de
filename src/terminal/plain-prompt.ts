import { createInterface } from 'node:readline';
import type { Choice, Question } from './question.js';
import type { Terminal } from './terminal.js';

/** A typed answer; `ended`: the input has no more lines (Ctrl-D); `cancelled`: the signal was aborted. */
type PlainAnswer = { readonly text: string } | 'ended' | 'cancelled';

/**
 * Asks in plain lines, without escape sequences: for terminals that cannot move the cursor (TERM=dumb) and for NO_COLOR. The
 * terminal itself echoes and edits the line, and its Ctrl-C is a signal.
 */
export async function askPlainly(terminal: Terminal, question: Question, signal: AbortSignal): Promise<PlainAnswer> {
  const { message, choices, initial, validate } = question;
  const lines = createInterface({ input: process.stdin, terminal: false, signal });
  const next = lines[Symbol.asyncIterator]();
  try {
    terminal.say(message);
    for (const [at, { label, hint }] of (choices ?? []).entries()) {
      terminal.say(`  ${at + 1}) ${label}${hint === undefined ? '' : `  (${hint})`}`);
    }
    for (;;) {
      terminal.prompt(`${choices ? 'Number or name' : '>'}${initial === undefined ? '' : ` [${initial}]`}: `);
      const { value, done } = await next.next();
      if (done === true) {
        terminal.say();
        return signal.aborted ? 'cancelled' : 'ended';
      }
      const typed = value.trim() || initial || '';
      const chosen = choices === undefined ? typed : chosenOf(choices, typed);
      const complaint = chosen === undefined ? 'Type one of the numbers or names.' : validate?.(chosen);
      if (chosen !== undefined && complaint === undefined) return { text: chosen };
      terminal.say(`  ${complaint}`);
    }
  } finally {
    lines.close();
  }
}

/** Finds a choice by its number, its name, or a prefix that only one name has. */
function chosenOf(choices: readonly Choice[], typed: string): string | undefined {
  const wanted = typed.toLowerCase();
  const numbered = /^\d+$/.test(typed) ? choices[Number(typed) - 1] : undefined;
  const names = (choice: Choice): string[] => [choice.value, choice.label].map((name) => name.toLowerCase());
  const exact = choices.find((choice) => names(choice).includes(wanted));
  const begun = wanted === '' ? [] : choices.filter((choice) => names(choice).some((name) => name.startsWith(wanted)));
  return (exact ?? numbered ?? (begun.length === 1 ? begun[0] : undefined))?.value;
}
