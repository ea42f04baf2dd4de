import type { Spinner } from 'yocto-spinner';
import { printable } from '../printable.js';
import type { Terminal } from './terminal.js';

/** A running task, shown on stderr. */
export interface Task {
  /** Shows the current state of the task. */
  update(text: string): void;
  done(text?: string): void;
  failed(text?: string): void;
}

/** Starts a task: a spinner on a terminal with colours, plain lines elsewhere (no cursor codes in a pipe, or with NO_COLOR). */
export function startTask(terminal: Terminal, title: string): Task {
  return terminal.live && terminal.err.enabled ? liveTask(terminal, title) : plainTask(terminal, title);
}

function plainTask(terminal: Terminal, title: string): Task {
  let last = title;
  terminal.say(`  ${title} ...`);
  return {
    update(text) {
      last = text;
    },
    done(text = last) {
      terminal.say(`${terminal.err.good('✔')} ${text}`);
    },
    failed(text = last) {
      terminal.say(`${terminal.err.error('✖')} ${text}`);
    },
  };
}

function liveTask(terminal: Terminal, title: string): Task {
  terminal.passing();
  let text = title;
  let spinner: Spinner | undefined;
  let ended = false;
  // Loaded here: commands in a pipe, which are the most frequent, do not need it.
  void import('yocto-spinner').then(({ default: yoctoSpinner }) => {
    // The command rolls back on Ctrl-C: the spinner must not end the process.
    if (!ended) spinner = yoctoSpinner({ text: printable(text), stream: process.stderr, handleSignals: false }).start();
  });
  const end = (line: string) => {
    ended = true;
    spinner?.stop();
    terminal.say(line);
  };
  return {
    update(next) {
      text = next;
      if (spinner) spinner.text = printable(next);
    },
    done(last = text) {
      end(`${terminal.err.good('✔')} ${last}`);
    },
    failed(last = text) {
      end(`${terminal.err.error('✖')} ${last}`);
    },
  };
}
