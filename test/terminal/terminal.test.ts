import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import {
  createTerminal,
  reportFailure,
  startTask,
  type TerminalOptions,
  wantsColour,
} from '../../src/terminal/index.js';

function recorder(
  options: Pick<TerminalOptions, 'json' | 'jsonLines' | 'format' | 'verbose'> & {
    tty?: boolean;
    environment?: Record<string, string>;
  } = {},
) {
  const written = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof written) => ({
    isTTY: options.tty ?? false,
    write: (text: string) => {
      written[name] += text;
    },
  });
  const terminal = createTerminal({
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    stdin: { isTTY: options.tty ?? false },
    ...options,
    environment: options.environment ?? {},
  });
  return { terminal, written };
}

describe('colours', () => {
  it.each([
    [{ tty: true, environment: {}, flag: undefined }, true],
    [{ tty: false, environment: {}, flag: undefined }, false],
    [{ tty: true, environment: { NO_COLOR: '1' }, flag: undefined }, false],
    [{ tty: true, environment: { NO_COLOR: '' }, flag: undefined }, true],
    [{ tty: false, environment: { FORCE_COLOR: '1' }, flag: undefined }, true],
    [{ tty: true, environment: { FORCE_COLOR: '0' }, flag: undefined }, false],
    [{ tty: true, environment: { TERM: 'dumb' }, flag: undefined }, false],
    [{ tty: true, environment: {}, flag: false }, false],
  ])('%j: %s', ({ tty, environment, flag }, wanted) => {
    expect(wantsColour({ isTTY: tty }, environment, flag)).toBe(wanted);
  });
});

describe('the terminal', () => {
  it('prints results on stdout and messages on stderr', () => {
    const { terminal, written } = recorder();
    terminal.print('result');
    terminal.say('talk');
    terminal.document({ not: 'shown' });
    expect(written).toEqual({ stdout: 'result\n', stderr: 'talk\n' });
  });

  it('shows what is under way in a line that goes away with the next output', () => {
    const { terminal, written } = recorder({ tty: true });
    terminal.passing('reading: 1 file');
    terminal.passing(`reading: ${'2'.repeat(100)}\n`);
    const second = `reading: ${'2'.repeat(70)}`;
    const passing = `\u001B[90mreading: 1 file\u001B[39m\r\u001B[K\u001B[90m${second}\u001B[39m`;
    expect(written.stderr).toBe(passing);
    terminal.print('result');
    terminal.passing();
    expect(written).toEqual({ stdout: 'result\n', stderr: `${passing}\r\u001B[K` });
  });

  it.each<Parameters<typeof recorder>[0]>([
    {},
    { tty: true, environment: { CI: 'true' } },
    { tty: true, environment: { TERM: 'dumb' } },
    { tty: true, environment: { NO_COLOR: '1' } },
    { tty: true, json: true },
    { tty: true, format: 'sarif' },
  ])('shows no such line with %j', (options) => {
    const { terminal, written } = recorder(options);
    terminal.passing('reading');
    terminal.passing();
    expect(written).toEqual({ stdout: '', stderr: '' });
  });

  it('with --json prints only one document on stdout, with the version of its format', () => {
    const { terminal, written } = recorder({ json: true });
    terminal.print('result');
    terminal.document({ result: 1 });
    expect(JSON.parse(written.stdout)).toEqual({ version: 1, result: 1 });
    expect(written.stderr).toBe('result\n');
  });

  it('escapes every control character of a text, on both streams, with colours and without', () => {
    const text = 'a\u001B[2J\rb\u009B1mc\n\u202Ed\u001B[31m';
    const shown = 'a\\x1b[2J\\rb\\x9b1mc\\n\\u202ed\\x1b[31m\n';
    for (const tty of [false, true]) {
      const { terminal, written } = recorder({ tty });
      terminal.print(text);
      terminal.say(text);
      expect(written).toEqual({ stdout: shown, stderr: shown });
    }
  });

  it('keeps the line ends of a text of several lines, and no other control characters', () => {
    const { terminal, written } = recorder();
    terminal.printText('a\n\u001B[Ab\r\n');
    terminal.sayText('c\rd\n');
    expect(written).toEqual({ stdout: 'a\n\\x1b[Ab\r\n', stderr: 'c\\rd\n' });
  });

  it('shows our colours around a text, and escapes the colours in it', () => {
    const { terminal, written } = recorder({ tty: true });
    terminal.print(`${terminal.out.dim('17')} ${terminal.out.error('!')} \u001B[31mx\u001B[39m`);
    expect(written.stdout).toBe('\u001B[90m17\u001B[39m \u001B[31m!\u001B[39m \\x1b[31mx\\x1b[39m\n');
  });

  it('restores the outer colour after a word, and ends open colours at the end', () => {
    const { terminal, written } = recorder({ tty: true });
    const { error, url, strong } = terminal.out;
    terminal.print(error(`a${url('b')}c${strong('d')}`));
    terminal.print(strong('e').slice(0, -1)); // cut off by an excerpt
    expect(written.stdout).toBe(
      '\u001B[31ma\u001B[4m\u001B[36mb\u001B[31m\u001B[24mc\u001B[1md\u001B[22m\u001B[39m\n\u001B[1me\u001B[22m\n',
    );
  });

  it('limits a text of others to one of our colours, which ends with its line', () => {
    const { terminal, written } = recorder({ tty: true });
    for (let code = 0xfdd0; code <= 0xfdef; code++) terminal.print(String.fromCharCode(code));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes are what is looked for
    expect(written.stdout.replace(/\u001B\[(?:31|33|32|36|90|1|4)m\u001B\[(?:39|22|24)m/g, '')).not.toContain('\u001B');
  });

  it('escapes in JSON what JSON.stringify does not', () => {
    const { terminal, written } = recorder({ json: true });
    terminal.document({ text: '\u001B\u009B\u2028\u202E' });
    expect(written.stdout).toContain('"\\u001b\\u009b\\u2028\\u202e"');
    expect(JSON.parse(written.stdout)).toEqual({ version: 1, text: '\u001B\u009B\u2028\u202E' });
  });

  it.each([
    [{ tty: true }, true],
    [{ tty: false }, false],
    [{ tty: true, json: true }, false],
    [{ tty: true, environment: { CI: 'true' } }, false],
    [{ tty: true, environment: { CI: 'false' } }, true],
  ])('asks with %j: %s', (options, interactive) => {
    expect(recorder(options).terminal.interactive).toBe(interactive);
  });

  it('shows tasks as plain lines if it cannot redraw', () => {
    const { terminal, written } = recorder();
    startTask(terminal, 'npm install').done('npm install  2.0 s');
    startTask(terminal, 'look').failed();
    expect(written.stderr).toBe('  npm install ...\n✔ npm install  2.0 s\n  look ...\n✖ look\n');
  });
});

describe('a failure', () => {
  const error = new UserError('PORT_TAKEN', { what: 'port 80 is taken', why: 'w3wp has it.', next: '--port 8081' });

  it('is three lines and the exit code of its kind', () => {
    const { terminal, written } = recorder();
    expect(reportFailure(error, terminal)).toBe(2);
    expect(written).toEqual({
      stdout: '',
      stderr: 'error PORT_TAKEN  port 80 is taken\n  w3wp has it.\n  next: --port 8081\n',
    });
  });

  it('is a JSON document with --json', () => {
    const { terminal, written } = recorder({ json: true });
    reportFailure(error, terminal);
    expect(JSON.parse(written.stdout)).toEqual({
      version: 1,
      error: { code: 'PORT_TAKEN', what: 'port 80 is taken', why: 'w3wp has it.', next: '--port 8081' },
    });
  });

  it('is one line of JSON if every document is one line', () => {
    const { terminal, written } = recorder({ json: true, jsonLines: true });
    terminal.document({ text: 'a' });
    reportFailure(error, terminal);
    const lines = written.stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ text: 'a' }, { error: { code: 'PORT_TAKEN' } }]);
  });

  it('is a SARIF log of a failed run with --format sarif', () => {
    const { terminal, written } = recorder({ format: 'sarif' });
    reportFailure(error, terminal);
    expect(JSON.parse(written.stdout)).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { name: 'iisnode-sock' } },
          invocations: [
            {
              executionSuccessful: false,
              exitCode: 2,
              toolExecutionNotifications: [
                {
                  level: 'error',
                  descriptor: { id: 'PORT_TAKEN' },
                  message: { text: 'port 80 is taken: w3wp has it. Next: --port 8081' },
                },
              ],
            },
          ],
        },
      ],
    });
    expect(JSON.parse(written.stdout).runs[0]).not.toHaveProperty('results');
  });

  it('is one annotation with --format github, with any text in its lines', () => {
    const { terminal, written } = recorder({ format: 'github' });
    reportFailure(new UserError('BAD', { what: '100 %\nof it', why: 'So.', next: '\u001B[2J' }), terminal);
    expect(written.stdout).toBe('::error title=BAD::100 %25%0Aof it: So. Next: \\x1b[2J\n');
  });

  it('has three lines with any text in them', () => {
    const { terminal, written } = recorder();
    reportFailure(new UserError('BAD', { what: 'no a\nb', why: 'c\r\nd', next: 'e\u2028f' }), terminal);
    expect(written.stderr).toBe('error BAD  no a\\nb\n  c\\r\\nd\n  next: e\\u2028f\n');
  });

  it('of our own is called a bug, with exit code 3 and without a stack', () => {
    const { terminal, written } = recorder();
    expect(reportFailure(new TypeError('x is undefined'), terminal)).toBe(3);
    expect(written.stderr).toContain('INTERNAL');
    expect(written.stderr).not.toMatch(/^\s+at /m);
  });

  it('shows the stack of every cause with --verbose', () => {
    const { terminal, written } = recorder({ verbose: true });
    reportFailure(new Error('outer', { cause: new Error('inner') }), terminal);
    expect(written.stderr).toMatch(/Error: outer[\s\S]*Error: inner/);
  });
});
