import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { createTerminal, reportFailure, startTask, wantsColour } from '../../src/terminal/index.js';

function recorder(
  options: { json?: boolean; verbose?: boolean; tty?: boolean; environment?: Record<string, string> } = {},
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
    environment: options.environment ?? {},
    json: options.json,
    verbose: options.verbose,
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
  it('puts results on stdout and talk on stderr', () => {
    const { terminal, written } = recorder();
    terminal.print('result');
    terminal.say('talk');
    terminal.document({ not: 'shown' });
    expect(written).toEqual({ stdout: 'result\n', stderr: 'talk\n' });
  });

  it('with --json keeps stdout for the one document', () => {
    const { terminal, written } = recorder({ json: true });
    terminal.print('result');
    terminal.document({ result: 1 });
    expect(JSON.parse(written.stdout)).toEqual({ result: 1 });
    expect(written.stderr).toBe('result\n');
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

  it('shows tasks as plain lines where it cannot redraw', () => {
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
      error: { code: 'PORT_TAKEN', what: 'port 80 is taken', why: 'w3wp has it.', next: '--port 8081' },
    });
  });

  it('of ours is called a bug, with exit code 3 and without a stack', () => {
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
