import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/cli.js';
import { hasPseudoTerminal, onTerminal, type TypedAnswer } from '../support/pseudo-terminal.js';

let folder: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  await mkdir(path.join(folder, 'app'));
  await writeFile(path.join(folder, 'app', 'server.js'), 'setInterval(() => {}, 1e6);');
  await writeFile(
    path.join(folder, 'app', 'web.config'),
    '<configuration><system.webServer><handlers><add name="n" path="server.js" verb="*" modules="iisnode" /></handlers></system.webServer></configuration>',
  );
});
afterAll(() => remove());

/** Runs it as a job of a shell; where that stops, continues it. The modes of the terminal are compared with those before. */
const script = `set -m; before=$(stty -g)
same() { test "$(stty -g)" = "$before" && echo "$1: same modes" || echo "$1: other modes"; }
sh -c 'echo pid $$; exec "$@"' sh "$@"; code=$?
test $code -gt 128 && { same stopped; fg >/dev/null; code=$?; }
same ended; exit $code`;
const serve = ['serve', 'app', '--port', '0', '--no-color'];
const started = /keys {6}r recycle[\s\S]*h help/;

describe.runIf(hasPseudoTerminal)('serve on a terminal', () => {
  it('obeys its keys, is suspended and continued, and gives the terminal back', async () => {
    const answers: TypedAnswer[] = [
      { when: started, type: '\u001A' },
      { when: /stopped: \w+ modes/, type: 'h' },
      { when: /Enter {2}an empty line/, type: '\u001B[Ar' },
      { when: /recycled/, type: 'l' },
      { when: /requests are not shown/, type: 'l' },
      { when: /requests are shown/, type: 'q' },
    ];
    const { text, ended } = await onTerminal(serve, { cwd: folder, script, answers });
    expect(ended, text).toBe('exit 0');
    expect(text).toContain('stopped: same modes');
    expect(text).toContain('ended: same modes');
    expect(text).toMatch(
      /site {6}Default Web Site at http:\/\/127\.0\.0\.1:\d+\r\n {2}app {7}\S+app at \/app, started by/,
    );
    expect(text.match(/Listening on/g)).toHaveLength(1);
  });

  it.each([
    ['Ctrl-C', () => '\u0003'],
    [
      'SIGTERM',
      (text: string) => {
        process.kill(Number(/pid (\d+)/.exec(text)?.[1]), 'SIGTERM');
        return '';
      },
    ],
  ] as const)('gives the terminal back after %s', async (_what, type) => {
    const { text, ended } = await onTerminal(serve, { cwd: folder, script, answers: [{ when: started, type }] });
    expect(ended, text).toBe('exit 0');
    expect(text).toContain('ended: same modes');
  });

  it('reads no key in CI', async () => {
    const environment = { CI: '1' };
    const answers = [{ when: /Listening on/, type: 'q\u0003' }];
    const { text, ended } = await onTerminal([...serve, '--open'], { cwd: folder, environment, answers });
    expect(ended, text).toBe('exit 0');
    expect(text).not.toMatch(/h help|BROWSER/);
  });
});
