import { execFile } from 'node:child_process';
import { processGroups } from '../files/index.js';

/** Standard input, or a stream in its place. */
export type KeyInput = NodeJS.ReadableStream & { setRawMode(raw: boolean): unknown };

export interface Keys {
  /** Gives the terminal back as it was; idempotent. */
  close(): void;
}

/** What Ctrl-C and Ctrl-Z type where the terminal itself makes no signal of them. */
const ctrlC = '\u0003';
const ctrlZ = '\u001A';
/** Arrows and function keys (ECMA-48, 5.4; SS3 of xterm), and Alt with a key. */
const begin = '\u001B';
const sequences = new RegExp(`${begin}(?:\\[[0-?]*[ -/]*[@-~]|O.|.)?`, 'gs');

/**
 * Reads single keys from the terminal; `onKey` gets a letter, 'enter', or 'ctrl-c', which is no signal meanwhile. Ctrl-Z suspends
 * the program as ever. In the background nothing is read, since the system would stop the program: from `fg` on it reads.
 * Node gives the terminal back when the process ends by itself, also after an error that nothing caught.
 */
export function readKeys(onKey: (key: string) => void, input: KeyInput = process.stdin): Keys {
  let isOpen = true;
  const onData = (text: string): void => {
    for (const key of text.replace(sequences, '')) {
      if (!isOpen) return;
      if (key === ctrlZ) suspend(0);
      else if (key === '\r' || key === '\n') onKey('enter');
      else onKey(key === ctrlC ? 'ctrl-c' : key);
    }
  };
  const ignore = (): void => undefined; // the terminal is gone: SIGHUP follows
  const take = async (): Promise<void> => {
    if (!(await isInForeground()) || !isOpen) return;
    setRaw(input, true);
    input.resume();
  };
  const release = (): void => {
    setRaw(input, false);
    input.pause();
  };
  const suspend = (whom: number): void => {
    if (process.platform === 'win32') return;
    release();
    process.kill(whom, 'SIGSTOP'); // 0: with npx and the shell above, as the terminal does it
  };
  const onStop = (): void => suspend(process.pid);
  const onContinue = (): void => void take();
  input.setEncoding('utf8');
  input.on('data', onData);
  input.on('error', ignore);
  input.pause(); // a listener for `data` makes it read
  if (process.platform !== 'win32') process.on('SIGTSTP', onStop).on('SIGCONT', onContinue);
  void take();
  return {
    close() {
      if (!isOpen) return;
      isOpen = false;
      process.off('SIGTSTP', onStop).off('SIGCONT', onContinue);
      input.off('data', onData);
      input.off('error', ignore);
      release();
    },
  };
}

function setRaw(input: KeyInput, raw: boolean): void {
  try {
    input.setRawMode(raw);
  } catch {
    // The terminal was closed.
  }
}

/** May the process read from its terminal, and change it? In the background it would be stopped for that. */
async function isInForeground(): Promise<boolean> {
  if (process.platform === 'win32') return true;
  const groups = processGroups() ?? (await groupsOfPs());
  // -1: the terminal is not the one that controls the process, which is never stopped for it then.
  return groups === undefined || groups.foreground === '-1' || groups.own === groups.foreground;
}

/** As processGroups, where there is no /proc. */
function groupsOfPs(): Promise<ReturnType<typeof processGroups>> {
  return new Promise((resolve) => {
    execFile('/bin/ps', ['-o', 'pgid=,tpgid=', '-p', String(process.pid)], (error, text) => {
      const [own = '', foreground = ''] = text.trim().split(/\s+/);
      resolve(error === null ? { own, foreground } : undefined);
    });
  });
}
