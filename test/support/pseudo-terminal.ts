import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { launcher } from './cli.js';

const helper = path.join(import.meta.dirname, 'pseudo-terminal.py');

/** Is there a pseudo-terminal to run a program on? Windows has none of this kind. */
export const hasPseudoTerminal =
  process.platform !== 'win32' && spawnSync('python3', ['-c', 'import pty']).status === 0;

export interface TypedAnswer {
  /** Typed once this is shown, after the text of the answer before it. */
  readonly when: RegExp;
  /** Or what gives it, from the whole text. */
  readonly type: string | ((text: string) => string);
}

export interface OnTerminalOptions {
  readonly cwd: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly answers?: readonly TypedAnswer[];
  /** A script for sh in place of the program, which is "$@" in it. */
  readonly script?: string;
  /** Ctrl-C so many ms after the program has begun. */
  readonly interruptAfter?: number;
}

export interface TerminalResult {
  /** `exit 0`, or `signal 2` when a signal ended it. */
  readonly ended: string;
  /** The whole output. */
  readonly text: string;
}

/** Runs the built program on a terminal of 100 columns, with colours unless the environment says otherwise. */
export async function onTerminal(
  args: readonly string[],
  { cwd, environment = {}, answers = [], interruptAfter, script }: OnTerminalOptions,
): Promise<TerminalResult> {
  const { CI: _c, NO_COLOR: _n, FORCE_COLOR: _f, ...rest } = process.env;
  const program = [...(script === undefined ? [] : ['sh', '-c', script, 'sh']), process.execPath, launcher];
  const child = spawn('python3', [helper, String(interruptAfter ?? '-'), ...program, ...args], {
    cwd,
    env: { ...rest, TERM: 'xterm', ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => {}); // it ended before the key press
  const [text, said] = await Promise.all([typeAnswers(child, answers), allOf(child.stderr), once(child, 'close')]);
  const ended = said.trim().split('\n').at(-1) ?? '';
  return { ended, text };
}

/** @returns the whole output. */
async function typeAnswers(child: ChildProcess, answers: readonly TypedAnswer[]): Promise<string> {
  const [...left] = answers;
  let text = '';
  let from = 0;
  for await (const part of child.stdout?.setEncoding('utf8') ?? []) {
    text += part;
    for (let next = left[0]; next?.when.test(text.slice(from)); next = left[0]) {
      left.shift();
      from = text.length;
      child.stdin?.write(typeof next.type === 'string' ? next.type : next.type(text));
    }
  }
  return text;
}

async function allOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const part of stream.setEncoding('utf8')) text += part;
  return text;
}
