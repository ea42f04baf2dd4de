import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { embeddedAppcmd } from '../../src/appcmd/index.js';
import { deploy, rollback, type UserError, undeploy } from '../../src/index.js';
import { memoryStore } from '../appcmd/support.js';
import { makeApp, temporaryDirectory } from './support.js';

/** An IIS in memory whose nth appcmd call aborts the signal, after its effect. */
function world() {
  const store = memoryStore();
  const inner = embeddedAppcmd(store);
  const state = { at: 0, count: 0, controller: new AbortController() };
  const directory = makeApp({ server: '// one' });
  const options = () => ({
    directory,
    environment: { IISNODE_SOCK_HOME: path.join(directory, '..', 'home'), PATH: process.env.PATH },
    signal: state.controller.signal,
    appcmd: {
      format: (args: Parameters<typeof inner.format>[0]) => inner.format(args),
      run: async (args: readonly string[]) => {
        const result = await inner.run(args);
        state.count += 1;
        if (state.count === state.at) state.controller.abort();
        return result;
      },
    },
  });
  return { state, store, options, directory };
}

it.each(['deploy', 'rollback', 'undeploy'] as const)(
  '%s that is interrupted at a look at the server or at a command changes nothing, and says INTERRUPTED',
  async (command) => {
    const { state, store, options, directory } = world();
    const base = temporaryDirectory();
    const acts = {
      deploy: () => deploy({ ...options(), releases: true, releasesDirectory: base, verify: false }),
      rollback: () => rollback({ ...options(), verify: false }),
      undeploy: () => undeploy(options()),
    };
    if (command !== 'deploy') {
      await acts.deploy();
      writeFileSync(path.join(directory, 'server.js'), '// two');
      await acts.deploy();
    }
    const before = store.text;
    const failures: unknown[] = [];
    for (let at = 1; ; at += at < 8 ? 1 : 5) {
      Object.assign(state, { at, count: 0, controller: new AbortController() });
      const failed: unknown = await acts[command]().then(
        () => undefined,
        (error: unknown) => error,
      );
      if (failed === undefined) break;
      failures.push(failed);
      expect(failed, `call ${at}`).toMatchObject({ code: 'INTERRUPTED', exit: 'interrupted' });
      expect(store.text, `call ${at}`).toBe(before);
      const { what, why } = failed as UserError;
      // Before the first step nothing is there to roll back, and no two sentences say the opposite.
      expect(`${what}. ${why}`, `call ${at}`).toMatch(
        /^(interrupted\. .*; it has changed nothing\.|interrupted during: .*; (everything done before was undone|nothing was changed)\. you asked to stop)$/,
      );
    }
    if (command !== 'undeploy') expect(failures.length).toBeGreaterThan(3);
  },
);
