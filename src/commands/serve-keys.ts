import type { Keys, Terminal } from '../terminal/index.js';
import { readKeys } from '../terminal/index.js';

/** What the keys of `serve` do. */
export interface KeyActions {
  readonly terminal: Terminal;
  recycle(): Promise<void>;
  open(): void;
  /** Switches the lines of requests; returns whether they are shown now. */
  toggleLog(): boolean;
  stop(): void;
}

/** Lines of the help for the keys. */
const help = [
  'r      recycle: the next request starts the app anew, sockets connect again',
  'o      open the app in the browser',
  'l      the lines of requests and of the app on or off',
  'q      stop: requests may end, sockets are closed; once more: at once',
  'Enter  an empty line',
] as const;

/** Reads the keys of `serve` until it is closed. */
export function serveKeys(actions: KeyActions, read = readKeys): Keys {
  const { terminal } = actions;
  const print = (text: string): void => terminal.say(terminal.err.dim(text));
  return read((key) => {
    switch (key) {
      case 'r':
        void actions.recycle().then(() => print('recycled: the next request starts the app anew'));
        return;
      case 'o':
        actions.open();
        return;
      case 'l':
        print(actions.toggleLog() ? 'requests are shown' : 'requests are not shown; l shows them again');
        return;
      case 'q':
      case 'ctrl-c':
        actions.stop();
        return;
      case 'h':
      case '?':
        for (const line of help) terminal.say(`  ${line}`);
        return;
      case 'enter':
        terminal.say();
        return;
      default: // other keys do nothing
    }
  });
}
