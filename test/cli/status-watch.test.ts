import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launcher, start, temporaryFolder } from '../support/cli.js';
import { cliHere } from '../support/cli-here.js';
import { hasPseudoTerminal, onTerminal } from '../support/pseudo-terminal.js';

let folder: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
});
afterAll(() => remove());

describe('status --watch', () => {
  it.runIf(hasPseudoTerminal)('draws again in the same place on a terminal, and ends with 0 at Ctrl-C', async () => {
    const { text, ended } = await onTerminal(['status', '--watch', '--no-color'], {
      cwd: folder,
      environment: { IISNODE_SOCK_HOME: folder },
      answers: [{ when: /Ctrl-C ends it[\s\S]*Ctrl-C ends it/, type: '\u0003' }],
    });
    expect(ended, text).toBe('exit 0');
    expect(text.split('\u001B[Hnot running').length).toBe(3);
    expect(text).toContain('\u001B[K\r\n');
  });

  it('with --json has one document a line, and ends with 0 at a signal', async () => {
    const running = await start(process.execPath, [launcher, 'status', '--watch', '--json'], /^(\{.*\})$/m, {
      cwd: folder,
      environment: { IISNODE_SOCK_HOME: folder },
    });
    expect(JSON.parse(running.match[1] ?? '')).toMatchObject({ version: 1, home: folder, host: null, processes: [] });
    expect(await running.stop('SIGINT')).toBe(0);
  });

  it.each(['ssh://user@host', 'azure://app'])('does not look at %s', async (to) => {
    const { code, stderr } = await cliHere(['status', '--watch', '--to', to]);
    expect(code).toBe(2);
    expect(stderr).toContain('STATUS_NOT_WATCHED');
  });
});
