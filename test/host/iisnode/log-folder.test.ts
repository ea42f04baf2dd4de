import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { testFolder } from '../../files/folder.js';

const interceptor = path.join(import.meta.dirname, '../../../src/host/iisnode/interceptor.cjs');

/** Runs an app whose logs go to a folder; one that hangs is killed. */
function runApp(folder: string, logs: string) {
  const script = path.join(folder, 'app.js');
  writeFileSync(script, "process.stderr.write('came to life');\n");
  return spawnSync(process.execPath, [interceptor, script], {
    env: { ...process.env, IISNODE_LOGGINGENABLED: '1', IISNODE_LOGDIRECTORY: logs },
    encoding: 'utf8',
    timeout: 15_000,
    killSignal: 'SIGKILL',
  });
}

it('the folder for logs is made with all above it, or used as it is', () => {
  const folder = testFolder();
  expect(runApp(folder, path.join(folder, 'a', 'b'))).toMatchObject({ status: 0 });
  expect(existsSync(path.join(folder, 'a', 'b'))).toBe(true);
  mkdirSync(path.join(folder, 'c'));
  symlinkSync(path.join(folder, 'c'), path.join(folder, 'link'), 'junction');
  expect(runApp(folder, 'link')).toMatchObject({ status: 0 });
});

const impossible: readonly (readonly [what: string, logs: string])[] = [
  ['below a file', 'app.js/logs'],
  ['a file', 'app.js'],
  ...(process.platform === 'linux' ? [['below /proc', '/proc/nope/logs'] as const] : []),
];

it.each(impossible)(
  'a folder for logs that cannot be made, as it is %s, ends the app with that error at once',
  (_what, logs) => {
    const { status, signal, stderr } = runApp(testFolder(), logs);
    expect({ status, signal }).toEqual({ status: 1, signal: null });
    expect(stderr).toMatch(/E(NOENT|NOTDIR|EXIST)/);
  },
);
