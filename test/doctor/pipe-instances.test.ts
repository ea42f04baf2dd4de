import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { copyOf } from './expect-codes.js';

/** iisnode starts: the command line, a blank, its interceptor, a blank, the entry point. */
it.each(['NODE_PENDING_PIPE_INSTANCES=5000', '--NODE_PENDING_PIPE_INSTANCES=5000'])(
  'node %s does not run the script after it, as the rule says',
  (argument) => {
    const cwd = copyOf('pipe-instances-as-argument');
    writeFileSync(path.join(cwd, 'interceptor.js'), "console.log('started')");
    const { status, stdout } = spawnSync(process.execPath, [argument, 'interceptor.js', 'server.js'], { cwd });
    expect(stdout.toString()).toBe('');
    expect(status).toBeGreaterThan(0);
  },
);

it('a shell that sets it before it starts node is not accused', async () => {
  const cwd = copyOf('pipe-instances-as-argument');
  const file = path.join(cwd, 'web.config');
  const shell = 'cmd /c set NODE_PENDING_PIPE_INSTANCES=5000 &amp; node.exe';
  writeFileSync(file, readFileSync(file, 'utf8').replace('node.exe --NODE_PENDING_PIPE_INSTANCES=5000', shell));
  expect((await diagnose('.', { cwd })).findings).toEqual([]);
});
